package io.keyturn.restart.runner;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PlanId;
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.contract.resource.Annotations;
import io.keyturn.restart.baseline.Content;
import io.keyturn.restart.baseline.ContentHash;
import io.keyturn.restart.baseline.Contents;
import io.keyturn.restart.baseline.InUse;
import io.keyturn.restart.baseline.Intent;
import io.keyturn.restart.baseline.Stated;
import io.keyturn.restart.persistence.Begun;
import io.keyturn.restart.persistence.PlanCopies;
import io.keyturn.restart.persistence.Situation;
import io.keyturn.restart.persistence.StoredPlan;
import io.keyturn.restart.persistence.StoredPlan.Item;
import io.keyturn.restart.plan.PlanInput.Rules;
import io.keyturn.restart.plan.PlanProgress.ItemState;
import io.keyturn.restart.plan.RotationPolicy;
import io.keyturn.restart.plan.Workload;
import io.keyturn.restart.plan.Workloads;
import io.keyturn.restart.reference.KeySelection;
import org.jspecify.annotations.Nullable;
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

    /** What both have in use. */
    private Content inUse = FIRST;

    /** The hash in the templates of both. */
    private @Nullable String present;

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

    @Test
    void planForAnotherSecretThatIsAboutToBringOldContentIsFollowedByARoll() {
        var onItsWay = begun(true, SECOND);
        assertThat(decision(FIRST, onItsWay).plan()).isNotNull();
        assertThat(api(requireNonNull(decision(FIRST, onItsWay).plan())).inDoubt())
                .isFalse();
        assertThat(decision(FIRST, begun(true, FIRST)).plan()).isNull();
    }

    @Test
    void whatAFailedPlanForAnotherSecretMayHaveBroughtIsInDoubt() {
        var left = api(requireNonNull(decision(FIRST, begun(false, SECOND)).plan()));
        assertThat(left.inDoubt()).isTrue();
        assertThat(requireNonNull(left.intent()).hash())
                .isNotEqualTo(ContentHash.of(left.intent().inUse(), ""));
        assertThat(decision(FIRST, begun(false, FIRST)).plan()).isNull();
    }

    @Test
    void doubtIsNotOverWhereThePatchThatWasToEndItMayNotHaveArrivedEither() {
        var back = plan(FIRST, plan(SECOND));
        var patching = api(back);
        for (var item : List.of(patching, patching.with(ItemState.PENDING))) {
            var left = new Begun(back.ref().id(), false, back.ref().publication(), Set.of(DB), item);
            var anew = new Stated(FIRST, new PublicationId("run.9"), NOW);
            var next =
                    api(requireNonNull(decision(anew, List.of(), List.of(left)).plan()));
            assertThat(requireNonNull(next.intent()).hash())
                    .as("no template has borne it yet")
                    .isEqualTo(requireNonNull(patching.intent()).hash());
        }
    }

    @Test
    void whatCameBackIsPlannedForOnceMoreWhereAnotherPlanHasBroughtWhatWasThereInBetween() {
        var stated = new Stated(SECOND, null, NOW);
        var runs = requireNonNull(decision(stated, List.of(), List.of()).plan());
        assertThat(decision(stated, List.of(runs), List.of()).plan())
                .as("it is on its way to all of them")
                .isNull();

        var over = PlanCopies.with(
                runs,
                runs.items().stream().map(item -> item.with(ItemState.HEALTHY)).toList());
        inUse = SECOND;
        assertThat(decision(stated, List.of(over), List.of()).plan()).isNull();
        inUse = THIRD;
        assertThat(decision(stated, List.of(over), List.of()).plan()).isNotNull();
    }

    @Test
    void templateThatIsBeingPatchedWasNotTakenBack() {
        var sent = begun(true, SECOND);
        var hash = requireNonNull(sent.item().intent()).hash();
        present = hash;
        assertThat(requireNonNull(api(requireNonNull(decision(SECOND, sent).plan()))
                                .intent())
                        .hash())
                .isEqualTo(hash);
        assertThat(requireNonNull(api(requireNonNull(decision(SECOND).plan())).intent())
                        .hash())
                .isNotEqualTo(hash);
    }

    /** Such as that of a repeated stamp: the hash tells what the patch brings. */
    @Test
    void templateThatIsBeingPatchedWasNotTakenBackWhateverPublicationItsMarkNames() {
        var sent = begun(true, SECOND);
        present = requireNonNull(sent.item().intent()).hash() + ";db=run.1";
        assertThat(requireNonNull(api(requireNonNull(decision(SECOND, sent).plan()))
                                .intent())
                        .hash())
                .isEqualTo(present);
    }

    /** A patch of {@code api} by a plan for another Secret, which runs or has failed; nobody has seen it arrive. */
    private static Begun begun(boolean running, Content brought) {
        var use = new InUse(DB, KeySelection.whole(), brought);
        var intent = new Intent(ContentHash.of(List.of(use), ""), List.of(use), 0);
        return new Begun(
                new PlanId("another"),
                running,
                null,
                Set.of(ObjectRef.secret("shop", "cache")),
                new Item(Workloads.deployment("api", Map.of(), "db").ref(), 0, ItemState.PATCHING, 0, intent));
    }

    private void turn() {
        waves = waves.reversed();
    }

    private StoredPlan plan(Content content, StoredPlan... earlier) {
        var publication = new PublicationId("run." + ++publications);
        return requireNonNull(decision(new Stated(content, publication, NOW), List.of(earlier), List.of())
                .plan());
    }

    /** Nobody has published it. */
    private Decision decision(Content content, Begun... begun) {
        return decision(new Stated(content, null, NOW), List.of(), List.of(begun));
    }

    private Decision decision(Stated stated, List<StoredPlan> earlier, List<Begun> begun) {
        var readers = Stream.of("api", "job").map(this::reader).toList();
        var uses = Map.of(DB, new InUse(DB, KeySelection.whole(), inUse));
        return Decision.of(new Question(
                DB,
                Set.of(DB),
                earlier,
                new Situation(
                        Instant.EPOCH,
                        Map.of(DB, stated),
                        readers.stream().map(Workload::ref).collect(Collectors.toMap(ref -> ref.uid(), _ -> uses)),
                        Map.of(),
                        begun,
                        publications),
                readers,
                List.of(new RotationPolicy(ObjectRef.secretRotation("shop", "db"), Set.of(DB), waves, 1, null, null)),
                List.of(),
                new Rules(false, Instant.EPOCH, 1, Duration.ofMinutes(5)),
                NOW,
                null));
    }

    private Workload reader(String name) {
        var workload = Workloads.deployment(name, Map.of(), "db");
        return Workloads.with(
                workload, present == null ? Map.of() : Map.of(Annotations.CONTENT, present), workload.createdAt());
    }

    private static Item api(StoredPlan plan) {
        return plan.items().stream()
                .filter(item -> item.workload().name().equals("api"))
                .findFirst()
                .orElseThrow();
    }
}
