package io.keyturn.system.chaos;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.keyturn.system.chaos.Oracle.Look;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.shop.Fleet;
import io.keyturn.testbed.shop.Fleet.Credential;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import static org.assertj.core.api.Assertions.assertThat;

/** An oracle that cannot fail would prove nothing: what must never happen is made to happen here, and it says so. No service runs. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OracleIT {
    private static final Member TWO_ROLES = new Member("two", true, 2, false);
    private static final Member ONE_ROLE = new Member("one", false, 1, false);
    private static final Member LOCKED_OUT = new Member("locked", true, 1, false);
    private static final Member STALE = new Member("stale", false, 1, false);
    private static final Member LOST = new Member("lost", false, 1, false);
    private static final Member HALF_WAY = new Member("half", false, 1, false);
    private static final String NAMESPACE = "oracle";

    private final Testbed testbed = Testbed.shared();
    private final Fleet fleet = new Fleet(testbed, testbed.postgres(), NAMESPACE);
    private final Sight sight = new Sight(fleet);
    private final TargetLogin login = new TargetLogin(testbed.postgres(), fleet.database());

    @BeforeAll
    void furnish() {
        if (testbed.openBao()
                .api()
                .read("sys/mounts")
                .orElseThrow()
                .at("/data/keyturn-pending~1")
                .isMissingNode()) {
            testbed.openBao()
                    .api()
                    .write("sys/mounts/keyturn-pending", Map.of("type", "kv", "options", Map.of("version", "2")));
        }
        new ChaosFleet(fleet, List.of(TWO_ROLES, ONE_ROLE, LOCKED_OUT, STALE, HALF_WAY, LOST)).furnish();
    }

    @AfterAll
    void leaveNothing() {
        testbed.kubernetes().admin().namespaces().withName(NAMESPACE).delete();
    }

    @Test
    void whoLogsInWithWhatIsKeptAndPublishedIsFine() {
        var oracle = new Oracle(sight, login, Duration.ZERO);

        oracle.read(ONE_ROLE);

        assertThat(oracle.look(ONE_ROLE)).isEqualTo(Look.FINE);
        assertThat(oracle.logins())
                .as("who reads the store, and who reads the Secret")
                .isEqualTo(2);
        assertThat(oracle.refusals(false)).isEmpty();
        assertThat(oracle.blind()).isZero();
    }

    @Test
    void aPasswordThatSomebodySetBehindEverybodysBackIsALockOut() {
        var oracle = new Oracle(sight, login, Duration.ZERO);
        fleet.setPasswordBehindEverybodysBack(LOCKED_OUT.role(NAMESPACE, "a"));

        assertThat(oracle.look(LOCKED_OUT)).isEqualTo(Look.LOCKED_OUT);
        assertThat(oracle.lockOuts()).extracting(Oracle.Refusal::member).containsExactly(LOCKED_OUT);
    }

    @Test
    void aValueThatARunKeepsIsNoLockOutThoughReadersAreRefused() {
        var oracle = new Oracle(sight, login, Duration.ZERO);
        var live = sight.live(HALF_WAY);
        testbed.openBao()
                .api()
                .writeSecret(
                        "keyturn-pending",
                        NAMESPACE + "/" + HALF_WAY.name() + "/run/pending-1-1",
                        Map.of("username", live.user(), "password", live.password()));
        fleet.keep(HALF_WAY.name(), new Credential(live.user(), "promoted-too-early"));

        oracle.read(HALF_WAY);

        assertThat(oracle.look(HALF_WAY)).isEqualTo(Look.FINE);
        assertThat(oracle.refusals(false)).as("who reads the store").hasSize(1);
        assertThat(oracle.logins()).as("who reads the Secret").isEqualTo(1);
    }

    @Test
    void aRefusedReaderIsCountedForTheKindOfItsRotation() {
        var oracle = new Oracle(sight, login, Duration.ZERO);
        fleet.keep(TWO_ROLES.name(), new Credential(TWO_ROLES.role(NAMESPACE, "b"), "not-its-password"));

        oracle.read(TWO_ROLES);
        oracle.read(TWO_ROLES);

        assertThat(oracle.refusals(true)).hasSize(2);
        assertThat(oracle.refusals(false)).isEmpty();
        assertThat(oracle.windows(true))
                .anySatisfy(window -> assertThat(window.span().length()).isPositive());
        assertThat(oracle.logins()).as("who reads the Secrets").isEqualTo(4);
    }

    @Test
    void onlyWhoHasJustReadIsJudged() {
        var oracle = new Oracle(sight, login, Duration.ofHours(1));
        fleet.keep(STALE.name(), new Credential(STALE.role(NAMESPACE, "a"), "not-its-password"));

        oracle.read(STALE);
        oracle.read(STALE);

        assertThat(oracle.refusals(false)).as("the first time").hasSize(1);
        assertThat(oracle.logins()).as("who reads the Secret, both times").isEqualTo(2);
    }

    @Test
    void whatCannotBeSeenIsNeitherWellNorALockOut() {
        var oracle = new Oracle(sight, login, Duration.ZERO);
        testbed.openBao().seal();
        try {
            oracle.read(ONE_ROLE);
            assertThat(oracle.look(ONE_ROLE)).isEqualTo(Look.NOT_SEEN);
        } finally {
            testbed.openBao().unseal();
        }

        assertThat(oracle.lockOuts()).isEmpty();
        assertThat(oracle.looks()).isZero();
        assertThat(oracle.blind()).isEqualTo(2);
    }

    @Test
    void aLiveValueThatDoesNotLogInIsLost() {
        var rest = new Rest(new ChaosFleet(fleet, List.of(LOST)), sight, login, new Runs(List::of), Map.of());
        assertThat(rest.complaints()).isEmpty();
        fleet.keep(LOST.name(), new Credential(LOST.role(NAMESPACE, "a"), "not-its-password"));

        assertThat(rest.complaints())
                .containsExactly(
                        "lost: VALUE LOST: the live value does not log in",
                        "lost: Secret lost-0 does not hold the live value",
                        "lost: the live value has 2 versions, and its runs account for 1");
    }
}
