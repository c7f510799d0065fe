package io.keyturn.rotation;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.resource.SecretRotation;
import io.keyturn.rotation.bed.Links;
import io.keyturn.rotation.bed.Scenario;
import io.keyturn.rotation.bed.Shop;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.fault.LostAnswers;
import io.keyturn.testbed.page.Proves;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A server has done what it was asked for, and its answer never comes: each answer to a run, one by one. Some kept value is accepted
 * all the while, and every run succeeds.
 */
@QuarkusTest
@TestProfile(Links.class)
class LostAnswerIT extends Scenario {
    private static final boolean ALTERNATING = true;
    private static final String AT_ONCE = "retire: {after: 0s}";
    /** More than a run has. */
    private static final int MANY = 60;
    /** How many lost answers there are in turn where they are not lost one by one. */
    private static final int ENOUGH = 20;

    private static final int SOME = 13;

    private final List<LostAnswers> opened = new ArrayList<>();

    @AfterEach
    void close() {
        opened.forEach(LostAnswers::close);
    }

    /** What a reader logs in with. */
    private record Login(String user, String password) {}

    /** A run of one shop whose links may lose answers. */
    private record Rotation(Shop shop, boolean alternating, RotationId run) {
        static Rotation requested(Shop shop, boolean alternating, SecretRotation policy) {
            var last = requireNonNull(
                    requireNonNull(shop.find("orders").getStatus().lastRotation())
                            .id());
            var run = newRun();
            state(policy, run, new RotationId(last), null);
            return new Rotation(shop, alternating, run);
        }

        boolean hasSucceeded() {
            var last = requireNonNull(shop.find("orders").getStatus().lastRotation());
            return (run + " Succeeded").equals(last.id() + " " + last.outcome());
        }

        /**
         * With two roles what the Secret says is accepted; with one it may be behind for a moment, but some kept value is. What was
         * refused counts only if it is still all there is: a run may have gone on between the reading and the login.
         */
        boolean isServed() {
            for (var before = served(); before.stream().noneMatch(this::isAccepted); ) {
                var after = served();
                if (after.equals(before)) {
                    return false;
                }
                before = after;
            }
            return true;
        }

        private List<Login> served() {
            return alternating ? List.of(published()) : kept();
        }

        private boolean isAccepted(Login login) {
            return shop.accepts(login.user(), login.password());
        }

        private Login published() {
            var secret = shop.secret();
            return new Login(Shop.text(secret, "user"), Shop.text(secret, "password"));
        }

        /** The live value is read last, since a value becomes it before it leaves those of the run, and tried first: the run sets the others after it. */
        private List<Login> kept() {
            var vault = Testbed.shared().openBao().api();
            var pending = shop.keptRuns("orders").stream()
                    .map(it -> shop.namespace + "/orders/" + it)
                    .flatMap(it -> vault.list("keyturn-pending/metadata/" + it).stream()
                            .flatMap(slot -> vault.readSecret("keyturn-pending", it + slot).stream()))
                    .toList();
            return Stream.concat(Stream.of(shop.live()), pending.stream())
                    .map(it -> new Login(shop.roleA, it.path("password").asText()))
                    .toList();
        }

        void hasLeftOneValue() {
            assertThat(shop.live().path("password").asText()).isEqualTo(shop.published("password"));
            assertThat(shop.keptRuns("orders")).isEmpty();
        }
    }

    @Proves({"R08", "I3"})
    @Test
    void runSucceedsWhicheverAnswerOfTheStoreIsLost() {
        assertThat(eachAnswer(Links.current().store())).isGreaterThan(10);
    }

    @Proves({"R08", "I3"})
    @Test
    void runSucceedsWhicheverAnswerOfTheKubernetesApiIsLost() {
        assertThat(eachAnswer(Links.current().kubernetes())).isGreaterThan(10);
    }

    /** One run after the other, until one has no answer of that number any more. */
    private int eachAnswer(LostAnswers link) {
        var policy = adopted(ALTERNATING, AT_ONCE);
        for (int number = 1; number < MANY; number++) {
            long lost = number;
            link.lose(answer -> answer == lost);
            succeed(List.of(Rotation.requested(shop, ALTERNATING, policy)));
            if (link.lost() == 0) {
                return number;
            }
        }
        throw new AssertionError("a run has " + MANY + " answers");
    }

    @Proves({"R08", "I1", "I3"})
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void runSucceedsWhicheverAnswerOfTheTargetIsLost(boolean alternating) {
        int answers = answersOfTheTarget(alternating);
        var links = new ArrayList<LostAnswers>();
        var policies = new ArrayList<SecretRotation>();
        var shops = new ArrayList<Shop>();
        for (int number = 1; number <= answers; number++) {
            var link = beforeTheTarget();
            var shop = new Shop();
            shop.behind(link.port());
            links.add(link);
            shops.add(shop);
            policies.add(created(shop, alternating, AT_ONCE));
        }
        shops.forEach(Scenario::awaitAdopted);
        for (int at = 0; at < answers; at++) {
            long lost = at + 1L;
            links.get(at).lose(answer -> answer == lost);
        }
        var rotations = new ArrayList<Rotation>();
        for (int at = 0; at < answers; at++) {
            rotations.add(Rotation.requested(shops.get(at), alternating, policies.get(at)));
        }
        succeed(rotations);
        // A run among many may have one answer less than the one that was counted.
        assertThat(links.stream().filter(link -> link.lost() == 1)).hasSizeGreaterThan(answers - 3);
    }

    private LostAnswers beforeTheTarget() {
        var postgres = Testbed.shared().postgres();
        var link = LostAnswers.before(postgres.host(), postgres.port());
        opened.add(link);
        return link;
    }

    private int answersOfTheTarget(boolean alternating) {
        var link = beforeTheTarget();
        shop.behind(link.port());
        var policy = adopted(alternating, AT_ONCE);
        link.lose(_ -> false);
        succeed(List.of(Rotation.requested(shop, alternating, policy)));
        return (int) link.answers();
    }

    /** That database is asked for a hundred things in each run. */
    @Proves({"R08", "I3"})
    @Test
    void runsSucceedWhereAnswersOfTheirDatabaseAreLost() {
        var shops = IntStream.range(0, 5).mapToObj(_ -> new Shop()).toList();
        var policies =
                shops.stream().map(it -> created(it, ALTERNATING, AT_ONCE)).toList();
        shops.forEach(Scenario::awaitAdopted);
        var link = Links.current().runs();
        link.lose(answer -> answer % SOME == 0);
        try {
            var rotations = new ArrayList<Rotation>();
            for (int at = 0; at < shops.size(); at++) {
                rotations.add(Rotation.requested(shops.get(at), ALTERNATING, policies.get(at)));
            }
            await().atMost(PATIENCE).until(() -> link.lost() > ENOUGH);
            link.lose(_ -> false);
            succeed(rotations);
        } finally {
            link.lose(_ -> false);
        }
    }

    private static void succeed(List<Rotation> rotations) {
        await().atMost(PATIENCE).until(() -> {
            assertThat(rotations).allMatch(Rotation::isServed);
            return rotations.stream().allMatch(Rotation::hasSucceeded);
        });
        rotations.forEach(Rotation::hasLeftOneValue);
    }
}
