package io.keyturn.system.deploy;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

import io.keyturn.system.docs.CodeBlocks;
import io.keyturn.testbed.process.Tools;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.keyturn.contract.resource.Annotations.APPROVE;
import static io.keyturn.contract.resource.Annotations.APPROVED_BY;
import static io.keyturn.contract.resource.Annotations.REFUSE;
import static io.keyturn.system.deploy.NamesBed.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** Who decided about a run cannot be forged: what a real API server says to every way of trying, with the policy of {@code deploy/admission}. */
@ExtendWith(NamesBed.Lent.class)
class DecisionNamesIT {
    private static final Map<String, String> NONE = Map.of();
    private static final String OWN_NAME = APPROVED_BY + " must be your own user name";
    private static final String NO_RIGHT = "for those who have the verb approve on SecretRotation ";

    private final NamesBed bed;

    DecisionNamesIT(NamesBed bed) {
        this.bed = bed;
    }

    @ParameterizedTest
    @ValueSource(strings = {APPROVE, REFUSE})
    void whoMayApproveDecidesInTheirOwnName(String decision) {
        var name = bed.admin.create("own-name-" + decision.replace("keyturn.io/", ""), NONE);

        bed.approver.annotate(name, Map.of(decision, "r1", APPROVED_BY, bed.approver.user()));

        assertThat(bed.admin.annotations(name)).isEqualTo(Map.of(decision, "r1", APPROVED_BY, "jane@example.org"));
    }

    @ParameterizedTest
    @ValueSource(strings = {APPROVE, REFUSE})
    void whoMayApproveCannotDecideInTheNameOfAnotherOrOfNobody(String decision) {
        var name = bed.admin.create("other-name-" + decision.replace("keyturn.io/", ""), NONE);

        assertRefused(
                403,
                () -> bed.approver.annotate(name, Map.of(decision, "r1", APPROVED_BY, bed.editor.user())),
                OWN_NAME + ", jane@example.org: set it in the request that changes " + APPROVE);
        assertRefused(403, () -> bed.approver.annotate(name, Map.of(decision, "r1")), OWN_NAME + ", jane@example.org");
        assertRefused(403, () -> bed.approver.annotate(name, Map.of(decision, "r1", APPROVED_BY, "")), OWN_NAME);

        assertThat(bed.admin.annotations(name)).isEmpty();
    }

    @Test
    void whoMayNotApproveIsRefusedInTheirOwnNameToo() {
        var name = bed.admin.create("no-right", NONE);

        assertRefused(
                403,
                () -> bed.editor.annotate(name, Map.of(APPROVE, "r1", APPROVED_BY, bed.editor.user())),
                NO_RIGHT + "no-right",
                "have ClusterRole keyturn-approver bound to john@example.org in namespace names");
        assertRefused(
                403, () -> bed.editor.annotate(name, Map.of(REFUSE, "r1", APPROVED_BY, bed.editor.user())), NO_RIGHT);
        assertRefused(403, () -> bed.editor.annotate(name, Map.of(APPROVED_BY, bed.editor.user())), NO_RIGHT);
    }

    @Test
    void rightOnOneSecretRotationIsNoneOnAnother() {
        bed.editor.create("the-one", NONE);
        bed.editor.create("the-other", NONE);
        var approval = Map.of(APPROVE, "r1", APPROVED_BY, bed.editor.user());

        bed.editor.annotate("the-one", approval);

        assertRefused(403, () -> bed.editor.annotate("the-other", approval), NO_RIGHT + "the-other");
        assertThat(bed.admin.annotations("the-one")).isEqualTo(approval);
    }

    @Test
    void administratorHasNoOtherNameEither() {
        var name = bed.admin.create("administrator", NONE);

        assertRefused(
                403,
                () -> bed.admin.annotate(name, Map.of(APPROVE, "r1", APPROVED_BY, bed.approver.user())),
                OWN_NAME + ", admin");
        bed.admin.annotate(name, Map.of(APPROVE, "r1", APPROVED_BY, "admin"));
    }

    @Test
    void serviceAccountDecidesUnderItsFullName() {
        var name = bed.admin.create("service-account", NONE);

        assertRefused(
                403,
                () -> bed.releases.annotate(name, Map.of(APPROVE, "r1", APPROVED_BY, "releases")),
                OWN_NAME + ", system:serviceaccount:names:releases");
        bed.releases.annotate(name, Map.of(APPROVE, "r1", APPROVED_BY, "system:serviceaccount:names:releases"));
    }

    @Test
    void serviceOfKeyturnMayNotDecide() {
        var name = bed.admin.create("own-service", NONE);

        try (var client = bed.server.clientFor("keyturn-system", "keyturn-rotation")) {
            var rotation =
                    new Writer("system:serviceaccount:keyturn-system:keyturn-rotation", client, NamesBed.NAMESPACE);
            assertRefused(
                    403,
                    () -> rotation.annotate(name, Map.of(APPROVE, "r1", APPROVED_BY, rotation.user())),
                    "are for those who have the verb approve",
                    rotation.user());
        }
    }

    @Test
    void everyPartOfADecisionIsHeldToTheNameOfWhoChangesIt() {
        var name = decided("changed");

        assertRefused(403, () -> bed.releases.annotate(name, Map.of(APPROVE, "r2")), OWN_NAME);
        assertRefused(403, () -> bed.releases.annotate(name, removed(APPROVE)), OWN_NAME);
        assertRefused(403, () -> bed.releases.annotate(name, removed(APPROVED_BY)), OWN_NAME);
        assertRefused(403, () -> bed.editor.annotate(name, Map.of(APPROVED_BY, bed.editor.user())), NO_RIGHT);

        bed.releases.annotate(name, Map.of(APPROVE, "r2", APPROVED_BY, bed.releases.user()));
        assertThat(bed.admin.annotations(name)).containsEntry(APPROVE, "r2");
    }

    @Test
    void decisionStandsWhileAnotherChangesSomethingElse() {
        var name = decided("spec-change");

        bed.editor.patch(name, Map.of("spec", Map.of("suspend", true)));
        bed.editor.annotate(name, Map.of("note", "by somebody else"));
        var whole = bed.editor.rotation(name).get();
        whole.getMetadata().getAnnotations().remove("note");
        bed.editor.rotation(name).patch(whole);

        assertThat(bed.admin.annotations(name)).isEqualTo(Map.of(APPROVE, "r1", APPROVED_BY, bed.approver.user()));
        assertThat(bed.admin.rotation(name).get().<Boolean>get("spec", "suspend"))
                .isTrue();
    }

    @Test
    void whoeverMayWriteMayTakeAllOfADecisionAway() {
        var name = decided("taken-away");

        bed.editor.annotate(name, removed(APPROVE, APPROVED_BY));

        assertThat(bed.admin.annotations(name)).isEmpty();
    }

    @Test
    void approvalAndRefusalAtOnceAreRefused() {
        var name = bed.admin.create("both", NONE);
        var both = Map.of(APPROVE, "r1", REFUSE, "r1", APPROVED_BY, bed.approver.user());

        assertRefused(
                422, () -> bed.approver.annotate(name, both), "contradict each other: set one, and remove the other");
        bed.approver.annotate(name, Map.of(APPROVE, "r1", APPROVED_BY, bed.approver.user()));
        assertRefused(422, () -> bed.approver.annotate(name, Map.of(REFUSE, "r1")), "contradict each other");

        var change = new HashMap<String, @Nullable String>(removed(APPROVE));
        change.put(REFUSE, "r1");
        bed.approver.annotate(name, change);
        assertThat(bed.admin.annotations(name)).isEqualTo(Map.of(REFUSE, "r1", APPROVED_BY, bed.approver.user()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"born-decided", "born-decided-"})
    void nobodyIsBornWithTheDecisionOfAnother(String name) {
        assertRefused(
                403,
                () -> bed.releases.create(name, Map.of(APPROVE, "r1", APPROVED_BY, bed.approver.user())),
                OWN_NAME);
        assertRefused(
                403,
                () -> bed.editor.create(name, Map.of(APPROVE, "r1", APPROVED_BY, bed.editor.user())),
                NO_RIGHT + "born-decided");

        var own = Map.of(APPROVE, "r1", APPROVED_BY, bed.releases.user());
        assertThat(bed.admin.annotations(bed.releases.create(name, own))).isEqualTo(own);
    }

    /** The guide's commands as they are, for the person that they name. */
    @Test
    void whomTheGuideMakesAnApproverMayApprove() throws Exception {
        var commands = CodeBlocks.of("docs/guides/install.md").stream()
                .filter(block -> block.heading().equals("Names in annotations"))
                .flatMap(block -> block.text().lines())
                .toList();
        assertThat(commands).hasSize(2);
        bed.server.createNamespace("shop");
        var admin = new Writer("admin", bed.server.admin(), "shop");
        admin.create("orders-db", NONE);
        var jane = new Writer(bed.approver.user(), bed.approver.client(), "shop");
        var approval = Map.of(APPROVE, "r1", APPROVED_BY, jane.user());
        assertThatThrownBy(() -> jane.annotate("orders-db", approval)).hasMessageContaining("cannot get resource");

        kubectl(commands.getFirst());
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(kubectl(commands.getLast())).endsWith("yes\n"));

        jane.annotate("orders-db", approval);
        assertThat(admin.annotations("orders-db")).isEqualTo(approval);
    }

    private String kubectl(String command) throws Exception {
        var admin = Map.of("KUBECONFIG", bed.server.kubeconfig().toString());
        return Shell.run(command, "", Tools.repository(), admin);
    }

    /** One that the approver has approved a run of. */
    private String decided(String name) {
        bed.admin.create(name, NONE);
        bed.approver.annotate(name, Map.of(APPROVE, "r1", APPROVED_BY, bed.approver.user()));
        return name;
    }

    private static Map<String, @Nullable String> removed(String... annotations) {
        var removed = new HashMap<String, @Nullable String>();
        Stream.of(annotations).forEach(annotation -> removed.put(annotation, null));
        return removed;
    }
}
