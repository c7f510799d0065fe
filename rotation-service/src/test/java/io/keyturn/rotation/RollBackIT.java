package io.keyturn.rotation;

import java.sql.SQLException;
import java.util.List;

import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.event.RotationRolledBack;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.resource.Annotations;
import io.keyturn.rotation.bed.HeldRole;
import io.keyturn.rotation.bed.RotationBed;
import io.keyturn.rotation.bed.Scenario;
import io.keyturn.rotation.bed.Topics;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.page.Proves;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs that meet trouble after they have begun, one for each state before Published: all is as it was before, by itself. What goes
 * wrong goes wrong at real servers, while the run waits for a role that is held.
 */
@QuarkusTest
@QuarkusTestResource(RotationBed.class)
class RollBackIT extends Scenario {
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void adminThatLosesItsRightBeforeTheValueIsApplied(boolean alternating) throws SQLException {
        var role = begin(alternating);
        var membership = "\"%s\" %s \"%s\"".formatted(role.name(), "%s", shop.adminRole);
        try (var held = role.held()) {
            held.awaitSomebodyWaiting();
            execute("revoke " + membership.formatted("from"));
            held.change();
        }
        // The way back needs the right as well: to close a role, or to see to it that nobody is still about to change
        // it.
        awaitPhase("Compensating");
        execute("grant " + membership.formatted("to") + " with admin option");

        awaitAsBefore(role.run(), RotationReason.ADMIN_REFUSED);
        assertThat(told(role.run())).containsExactly("RotationStarted", "RotationGenerated", "RotationRolledBack");
        assertThat(shop.liveVersion()).as("written anew").isEqualTo(2);
    }

    /** The server calls that an internal error: the value is not refused, and no other is drawn. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void roleThatSomebodyElseChangesJustThenIsTriedAgain(boolean alternating) throws SQLException {
        var role = begin(alternating);
        try (var held = role.held()) {
            held.awaitSomebodyWaiting();
            held.change();
        }

        awaitOutcome("Succeeded", role.run());
        assertThat(told(role.run())).containsOnlyOnce("RotationGenerated");
    }

    @Test
    void newLoginThatIsNotAdmitted() throws SQLException {
        var role = begin(true);
        try (var held = role.held()) {
            held.awaitSomebodyWaiting();
            execute(
                    "revoke connect on database \"" + shop.namespace + "\" from public, \"" + shop.owner + "\"",
                    "grant connect on database \"" + shop.namespace + "\" to \"" + shop.roleA + "\", \""
                            + shop.adminRole + "\"");
            held.letGo();
        }

        awaitAsBefore(role.run(), RotationReason.TEST_FAILED);
        assertThat(told(role.run()))
                .containsExactly("RotationStarted", "RotationGenerated", "RotationApplied", "RotationRolledBack");
        assertThat(shop.liveVersion()).as("written anew").isEqualTo(2);
        assertThat(shop.secret().getMetadata().getAnnotations())
                .as("closed to who comes too late")
                .containsKey(Annotations.FENCE)
                .doesNotContainKey(Annotations.PUBLICATION);
    }

    @Proves("R09")
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void livePathThatSomebodyElseHasWrittenMeanwhile(boolean alternating) throws SQLException {
        var role = begin(alternating);
        try (var held = role.held()) {
            held.awaitSomebodyWaiting();
            shop.vault("db", shop.roleA, shop.firstPassword);
            held.letGo();
        }

        awaitAsBefore(role.run(), RotationReason.STORE_CHANGED);
        assertThat(told(role.run()))
                .containsExactly(
                        "RotationStarted",
                        "RotationGenerated",
                        "RotationApplied",
                        "RotationTested",
                        "RotationRolledBack");
        assertThat(shop.liveVersion()).as("the other's").isEqualTo(2);

        var next = newRun();
        state(shop.find("orders"), next, role.run(), null);
        awaitOutcome("Succeeded", next);
        awaitCondition("Ready", "True", "InForce");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void secretThatBecomesImmutableBeforeItIsPublished(boolean alternating) throws SQLException {
        var role = begin(alternating);
        // Whole as Keyturn writes it, so that the previous value is no change of it.
        var url = "postgresql://%s:%s@localhost:%d/%s"
                .formatted(
                        shop.roleA,
                        shop.firstPassword,
                        Testbed.shared().postgres().port(),
                        shop.namespace);
        try (var held = role.held()) {
            held.awaitSomebodyWaiting();
            Testbed.shared()
                    .kubernetes()
                    .admin()
                    .resource(shop.secret())
                    .edit(secret -> new SecretBuilder(secret)
                            .addToStringData("URL", url)
                            .withImmutable(true)
                            .build());
            held.letGo();
        }

        awaitAsBefore(role.run(), RotationReason.PUBLICATION_REFUSED);
        // Stamped for the way back only.
        assertThat(told(role.run()))
                .containsExactly(
                        "RotationStarted",
                        "RotationGenerated",
                        "RotationApplied",
                        "RotationTested",
                        "RotationPromoted",
                        "RotationPublished",
                        "RotationRolledBack");
        assertThat(shop.secret().getMetadata().getAnnotations())
                .containsEntry(Annotations.PUBLICATION, role.run() + ".2");
        assertThat(shop.liveVersion()).as("there and back").isEqualTo(3);
    }

    /** Killed after it had kept the live value; then somebody wrote another one. */
    @Test
    void runThatNeverBeganLeavesNoValueBehind() {
        var policy = adopted(true);
        var run = newRun();
        shop.leaveFirstValue(run, "previous-1-1");
        execute("alter role \"" + shop.roleA + "\" password 'another'");
        shop.vault("db", shop.roleA, "another");

        state(policy, run, last(policy), null);

        awaitOutcome("Failed", run);
        assertThat(told(run)).containsExactly("RotationStarted", "RotationFailed");
        awaitCondition("Ready", "False", "STORE_CHANGED");
        assertThat(shop.keptRuns("orders")).isEmpty();
    }

    /** A run that has begun and will come to the role that it changes. */
    private record Begun(RotationId run, String name, HeldRole held) {}

    private Begun begin(boolean alternating) throws SQLException {
        var policy = adopted(alternating);
        var role = alternating ? shop.roleB : shop.roleA;
        var held = new HeldRole(role);
        var run = newRun();
        state(policy, run, last(policy), null);
        return new Begun(run, role, held);
    }

    private void awaitAsBefore(RotationId run, RotationReason reason) throws SQLException {
        awaitOutcome("RolledBack", run);

        assertThat(Topics.of(run).getLast().event())
                .isInstanceOfSatisfying(
                        RotationRolledBack.class,
                        event -> assertThat(event.reason()).isEqualTo(reason));
        assertThat(shop.accepts(shop.roleA, shop.firstPassword)).isTrue();
        assertThat(mayLogIn(shop.roleB)).as("the other role").isFalse();
        assertThat(shop.live().get("username").asText()).isEqualTo(shop.roleA);
        assertThat(shop.live().get("password").asText()).isEqualTo(shop.firstPassword);
        assertThat(shop.published("user")).isEqualTo(shop.roleA);
        assertThat(shop.published("password")).isEqualTo(shop.firstPassword);
        assertThat(shop.keptRuns("orders")).isEmpty();
        assertThat(awaitCondition("Ready", "False", reason.name()).message()).contains(reason.remedy());
    }

    private static List<String> told(RotationId run) {
        return Topics.of(run).stream().map(Scenario::name).toList();
    }

    /** Whether a role has a password or may log in; what it is is known to the service alone, and forgotten. */
    private static boolean mayLogIn(String role) throws SQLException {
        try (var connection = Testbed.shared().postgres().connect("postgres");
                var statement = connection.prepareStatement(
                        "select rolcanlogin or rolpassword is not null from pg_authid where rolname = ?")) {
            statement.setString(1, role);
            try (var rows = statement.executeQuery()) {
                return rows.next() && rows.getBoolean(1);
            }
        }
    }

    private static void execute(String... statements) {
        Testbed.shared().postgres().execute("postgres", statements);
    }
}
