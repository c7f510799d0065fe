package io.keyturn.rotation.dryrun;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import io.keyturn.contract.resource.Interval;
import io.keyturn.contract.resource.SecretRotationSpec;
import io.keyturn.contract.resource.SecretRotationSpec.Approval;
import io.keyturn.contract.resource.SecretRotationSpec.Consumers;
import io.keyturn.contract.resource.SecretRotationSpec.OnFailure;
import io.keyturn.contract.resource.SecretRotationSpec.Schedule;
import io.keyturn.contract.resource.SecretRotationSpec.Window;
import io.keyturn.contract.resource.SecretRotationStatus.DryRun;
import io.keyturn.contract.resource.SecretRotationStatus.Refusal;
import io.keyturn.rotation.bed.Policies;
import io.keyturn.rotation.consumer.Consumers.Reader;
import io.keyturn.rotation.dryrun.Findings.Handover;
import io.keyturn.rotation.dryrun.Findings.TargetFound;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.saga.Overlap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PlanTest {
    private static final Instant NOW = Instant.parse("2026-03-01T00:00:00Z");
    private static final SecretRotationSpec PLAIN = spec(null, null, null, null, false);
    private static final RotationPolicy POLICY = Policies.policy("shop", "shop/db", Map.of("password", "{password}"));
    private static final TargetFound ALTERNATING =
            new TargetFound(Overlap.BOTH_VALID, false, new Handover("a", true, "b", false));
    private static final TargetFound SINGLE =
            new TargetFound(Overlap.SWITCHED, false, new Handover("a", true, "a", false));

    @Test
    void wholePlanIsToldInOrder() {
        assertThat(answer(PLAIN, ALTERNATING).steps())
                .containsExactly(
                        "Start: on request only, there is no schedule",
                        "Generated: a new value of 32 characters is made and kept privately in the store",
                        "Applied: the target accepts the new value for b; the credential of a stays valid",
                        "Tested: a login with the new value must work",
                        "Promoted: the new value becomes the live one in spec.store",
                        "Published: the new value is written to Secret shop/orders-db",
                        "Restart: all readers, at most 1 at once",
                        "ConsumersMoved: within 10m nobody may hold or use the old value any more",
                        "Retired: at once the old value is taken away, and a login with it must be refused",
                        "Otherwise: what fails before ConsumersMoved brings the previous value back everywhere");
    }

    @Test
    void wavesAndWindowsAreThoseOfTheSpec() {
        var schedule = new Schedule(
                Interval.parse("30d"),
                List.of(new Window("0 2 * * *", Interval.parse("2h"), "Europe/Rome")),
                Interval.parse("10m"));
        var consumers = new Consumers(
                List.of(List.of("deployment/api", "deployment/web"), List.of("statefulset/worker")), 2, null);

        assertThat(answer(spec(schedule, consumers, null, null, false), ALTERNATING)
                        .steps())
                .startsWith(
                        "Start: on request, or 30d after the last run and up to 10m later, in the windows '0 2 * * *'"
                                + " (Europe/Rome) for 2h")
                .containsSubsequence(
                        "Restart, wave 1: deployment/api, deployment/web, as far as they read it",
                        "Restart, wave 2: statefulset/worker, as far as they read it",
                        "Restart, last: all other readers, at most 2 at once");
    }

    @Test
    void suspensionApprovalPauseAndImportAreTold() {
        var spec = spec(null, null, Approval.Required, OnFailure.Pause, true);
        var imported = new TargetFound(Overlap.BOTH_VALID, false, new Handover("a", true, "b", true));

        assertThat(answer(spec, imported).steps())
                .startsWith(
                        "Start: not while spec.suspend is true",
                        "Adoption first: the store has no value yet, so the published one is proven and imported",
                        "AwaitingApproval: a person has to approve")
                .endsWith("Otherwise: a run that fails stops, and waits for a person");
    }

    @Test
    void principalThatIsNotOursIsLeftAlone() {
        var stranger = new TargetFound(Overlap.BOTH_VALID, false, new Handover("orders_app", false, "a", false));

        assertThat(answer(PLAIN, stranger).steps())
                .contains("Retired: nothing; orders_app is not named in spec.target, so it is left as it is");
    }

    @Test
    void targetThatIssuesIsNotToldAValue() {
        var issuing = new TargetFound(Overlap.BOTH_VALID, true, new Handover("a", true, null, false));

        assertThat(answer(PLAIN, issuing).steps())
                .contains(
                        "Generated: the target issues a new credential, which is kept privately in the store",
                        "Applied: the target accepts the new value; the credential of a stays valid");
    }

    @Test
    void windowIsStatedWhereTheTargetHasOneCredentialOnly() {
        var answer = answer(PLAIN, SINGLE);

        assertThat(answer.window())
                .contains("from Applied on it refuses logins with the old value", "longer than 10m the run goes back");
        assertThat(answer.steps())
                .contains(
                        "Applied: the target accepts the new value for a in place of the old one",
                        "Retired: at once a login with the old value must be refused");
        assertThat(answer(PLAIN, ALTERNATING).window()).isNull();
    }

    @Test
    void windowOfATargetThatCouldNotBeOpenedIsSaidToBeUnknown() {
        assertThat(answer(PLAIN, null).window()).isEqualTo("Not known, for the target could not be opened");
    }

    @Test
    void whateverIsLongIsCutToWhatStatusHasRoomFor() {
        var names = IntStream.range(0, 300)
                .mapToObj(i -> "deployment/some-long-name-" + i)
                .toList();
        var readers = names.stream().map(name -> new Reader(name, false)).toList();
        var refusals = Collections.nCopies(200, new Refusal("INVALID_SPEC", "x".repeat(5_000)));

        var answer = new Plan(
                        spec(null, new Consumers(List.of(names), null, null), null, null, false),
                        POLICY,
                        new Findings(ALTERNATING, readers, refusals))
                .answer("t", NOW);

        assertThat(answer.steps()).allSatisfy(step -> assertThat(step).hasSizeLessThanOrEqualTo(1024));
        assertThat(answer.refusals())
                .hasSize(64)
                .allSatisfy(
                        refusal -> assertThat(refusal.detail()).hasSize(1024).endsWith("…"));
        assertThat(answer.consumers()).hasSize(101).endsWith("and 200 more");
    }

    private static DryRun answer(SecretRotationSpec spec, @Nullable TargetFound target) {
        return new Plan(spec, POLICY, new Findings(target, List.of(), List.of())).answer("t", NOW);
    }

    private static SecretRotationSpec spec(
            @Nullable Schedule schedule,
            @Nullable Consumers consumers,
            @Nullable Approval approval,
            @Nullable OnFailure onFailure,
            boolean suspend) {
        return new SecretRotationSpec(
                schedule, null, null, null, null, null, consumers, null, onFailure, approval, suspend, null);
    }
}
