package io.keyturn.restart.runner;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.restart.baseline.Content;
import io.keyturn.restart.baseline.Contents;
import io.keyturn.restart.baseline.InUse;
import io.keyturn.restart.baseline.Stated;
import io.keyturn.restart.persistence.Situation;
import io.keyturn.restart.persistence.StoredPlan;
import io.keyturn.restart.persistence.StoredPlan.Item;
import io.keyturn.restart.plan.PlanInput.Rules;
import io.keyturn.restart.plan.PlanProgress.ItemState;
import io.keyturn.restart.plan.RotationPolicy;
import io.keyturn.restart.plan.Workload;
import io.keyturn.restart.plan.Workloads;
import io.keyturn.restart.reference.KeySelection;
import org.junit.jupiter.api.Test;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

/** What becomes of a patch that may have arrived, when newer plans take over. */
class DecisionTest {
    private static final ObjectRef DB = ObjectRef.secret("shop", "db");
    private static final Instant NOW = Instant.parse("2026-02-01T00:00:00Z");
    private static final Content FIRST = Contents.of("a=1");
    private static final Content SECOND = Contents.of("a=2");
    private static final Content THIRD = Contents.of("a=3");

    /** Which of the two readers goes first; one at a time. */
    private List<Set<String>> waves = List.of(Set.of("deployment/api"), Set.of("deployment/job"));

    private int publications;

    @Test
    void itIsRepeatedAsItIsWhereTheSameContentIsDue() {
        var sent = plan(SECOND);
        assertThat(requireNonNull(api(plan(SECOND, sent)).intent()).hash())
                .isEqualTo(requireNonNull(api(sent).intent()).hash());
    }

    @Test
    void itIsRepeatedAsItIsAlsoByTheWaveThatComesLater() {
        var sent = plan(SECOND);
        turn();
        var later = plan(SECOND, sent);
        assertThat(api(later))
                .isEqualTo(new Item(
                        api(sent).workload(), 1, ItemState.PENDING, 0, api(sent).intent(), true));
        turn();
        assertThat(requireNonNull(api(plan(SECOND, later)).intent()).hash())
                .isEqualTo(requireNonNull(api(sent).intent()).hash());
    }

    @Test
    void itIsNotForgottenWhereWhatIsDueIsWhatWasInUseBefore() {
        var sent = plan(SECOND);
        assertThat(api(plan(FIRST, sent)).state()).isEqualTo(ItemState.PATCHING);
        turn();
        var between = plan(THIRD, sent);
        assertThat(api(plan(FIRST, between)).inDoubt()).isTrue();
    }

    @Test
    void itTellsNothingOnceOtherContentWasDue() {
        var sent = plan(SECOND);
        turn();
        var between = plan(THIRD, sent);
        assertThat(api(between)).isEqualTo(new Item(api(sent).workload(), 1, ItemState.PENDING, 0, null, true));
        turn();
        assertThat(requireNonNull(api(plan(SECOND, between)).intent()).hash())
                .isNotEqualTo(requireNonNull(api(sent).intent()).hash());
    }

    private void turn() {
        waves = waves.reversed();
    }

    private StoredPlan plan(Content content, StoredPlan... earlier) {
        var publication = new PublicationId("run." + ++publications);
        var readers = List.of(Workloads.deployment("api", Map.of(), "db"), Workloads.deployment("job", Map.of(), "db"));
        var inUse = Map.of(DB, new InUse(DB, KeySelection.whole(), FIRST));
        return requireNonNull(Decision.of(new Question(
                        DB,
                        Set.of(DB),
                        List.of(earlier),
                        new Situation(
                                Instant.EPOCH,
                                Map.of(DB, new Stated(content, publication, NOW)),
                                readers.stream()
                                        .map(Workload::ref)
                                        .collect(java.util.stream.Collectors.toMap(ref -> ref.uid(), _ -> inUse)),
                                Map.of(),
                                publications),
                        readers,
                        List.of(new RotationPolicy(
                                ObjectRef.secretRotation("shop", "db"), Set.of(DB), waves, 1, null, null)),
                        List.of(),
                        new Rules(false, Instant.EPOCH, 1, Duration.ofMinutes(5)),
                        NOW,
                        null))
                .plan());
    }

    private static Item api(StoredPlan plan) {
        return plan.items().stream()
                .filter(item -> item.workload().name().equals("api"))
                .findFirst()
                .orElseThrow();
    }
}
