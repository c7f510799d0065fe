package io.keyturn.restart.plan;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.contract.reference.Uid;
import io.keyturn.restart.baseline.Content;
import io.keyturn.restart.baseline.Contents;
import io.keyturn.restart.baseline.InUse;
import io.keyturn.restart.baseline.Stated;
import io.keyturn.restart.plan.PlanInput.Rules;
import io.keyturn.restart.plan.PlanInput.Unfinished;
import io.keyturn.restart.reference.KeySelection;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Who rolls, and when. */
class PlannerTest {
    private static final ObjectRef DB = ObjectRef.secret("shop", "db");
    private static final ObjectRef OTHER = ObjectRef.secret("shop", "other");
    private static final Content OLD = Contents.of("a=1");
    private static final Content NEW = Contents.of("a=2");
    private static final Instant INSTALLED = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant SEEN = Instant.parse("2026-02-01T00:00:00Z");
    private static final Map<String, String> ASKS = Map.of("keyturn.io/restart", "true");

    private final List<Workload> readers = new ArrayList<>();
    private final Map<Uid, Map<ObjectRef, InUse>> inUse = new HashMap<>();
    private final Map<Uid, Unfinished> unfinished = new HashMap<>();
    private final Map<ObjectRef, Stated> objects = new HashMap<>(Map.of(DB, new Stated(NEW, null, SEEN)));
    private final List<RotationPolicy> policies = new ArrayList<>();
    private final List<TargetPods> targets = new ArrayList<>();
    private Map<ObjectRef, Content> parked = Map.of();
    private boolean autoReloadAll;

    @Test
    void whoeverAsksForItRolls() {
        reader("asks", ASKS);
        reader("auto", Map.of("reloader.stakater.com/auto", "true"));
        reader("names", Map.of("secret.reloader.stakater.com/reload", "x, db"));
        reader("names-another", Map.of("secret.reloader.stakater.com/reload", "x,dbx"));
        reader("names-a-config-map", Map.of("configmap.reloader.stakater.com/reload", "db"));
        reader("silent", Map.of());
        assertThat(rolled()).containsExactly("asks", "auto", "names");
        assertThat(plan().unaffected()).isEqualTo(3);
    }

    @Test
    void thePodTemplateMayAskInsteadOfTheWorkload() {
        readers.add(Workloads.with(Workloads.deployment("it", Map.of(), "db"), ASKS, Workloads.LONG_AGO));
        using("it", DB, OLD);
        assertThat(rolled()).containsExactly("it");
    }

    @Test
    void aPublishedSecretRollsItsReadersUnlessTheyOptOut() {
        reader("silent", Map.of());
        reader("opted-out", Map.of("keyturn.io/restart", " False ", "reloader.stakater.com/auto", "true"));
        policy(List.of(), null, null);
        assertThat(rolled()).containsExactly("silent");
    }

    @Test
    void autoReloadAllRollsEverybodyButWhoOptsOut() {
        autoReloadAll = true;
        reader("silent", Map.of());
        reader("opted-out", Map.of("keyturn.io/restart", "false"));
        assertThat(rolled()).containsExactly("silent");
    }

    @Test
    void theTargetsOwnPodsNeverRoll() {
        reader("postgres", ASKS);
        reader("api", ASKS);
        policy(List.of(), null, null);
        targets.add(new TargetPods("shop", Map.of("app", "postgres")));
        targets.add(new TargetPods("elsewhere", Map.of("app", "api")));
        targets.add(new TargetPods("shop", Map.of()));
        assertThat(rolled()).containsExactly("api");
    }

    @Test
    void whatWasNeverSeenIsRememberedAndRollsNobody() {
        readers.add(Workloads.deployment("new", ASKS, "db"));
        assertThat(rolled()).isEmpty();
        assertThat(plan().adoptions()).extracting(a -> a.inUse().content()).containsExactly(NEW);
    }

    @Test
    void contentFromBeforeTheInstallationIsHistory() {
        reader("it", ASKS);
        objects.put(DB, new Stated(NEW, null, INSTALLED));
        assertThat(rolled()).isEmpty();
        assertThat(plan().adoptions()).hasSize(1);
    }

    @Test
    void contentFromWellBeforeTheWorkloadIsNoNewsToIt() {
        readers.add(Workloads.with(Workloads.deployment("young", ASKS, "db"), Map.of(), SEEN.plusSeconds(6)));
        using("young", DB, OLD);
        readers.add(Workloads.with(Workloads.deployment("doubtful", ASKS, "db"), Map.of(), SEEN.plusSeconds(4)));
        using("doubtful", DB, OLD);
        assertThat(rolled()).containsExactly("doubtful");
    }

    @Test
    void whatWasPresumedToBeInUseRollsWhenItsRunStampsItAgain() {
        readers.add(Workloads.deployment("it", ASKS, "db"));
        stamped("run.1");
        adoptAll();
        assertThat(rolled()).isEmpty();
        stamped("other.2");
        assertThat(rolled()).as("another run").isEmpty();
        stamped("run.2");
        assertThat(rolled()).containsExactly("it");
        parked = Map.of(DB, NEW);
        assertThat(rolled()).isEmpty();
    }

    @Test
    void aWorkloadMadeAfterThePublicationIsNotDoubted() {
        readers.add(Workloads.with(Workloads.deployment("young", ASKS, "db"), Map.of(), SEEN.plusSeconds(6)));
        readers.add(Workloads.with(Workloads.deployment("doubtful", ASKS, "db"), Map.of(), SEEN.plusSeconds(4)));
        stamped("run.1");
        adoptAll();
        stamped("run.2");
        assertThat(rolled()).containsExactly("doubtful");
    }

    @Test
    void newKeysMeanANewTemplateAndNoDoubt() {
        readers.add(Workloads.deployment("it", ASKS, "db"));
        inUse.computeIfAbsent(new Uid("uid-it"), _ -> new HashMap<>())
                .put(DB, new InUse(DB, KeySelection.some("other"), NEW));
        stamped("run.1");
        adoptAll();
        stamped("run.2");
        assertThat(rolled()).isEmpty();
    }

    @Test
    void whoUsedThisContentBeforeItWasPublishedIsNotDoubted() {
        readers.add(Workloads.deployment("it", ASKS, "db"));
        adoptAll();
        stamped("run.1");
        adoptAll();
        stamped("run.2");
        assertThat(rolled()).isEmpty();
    }

    @Test
    void parkedContentRollsNobody() {
        reader("it", ASKS);
        parked = Map.of(DB, NEW);
        assertThat(rolled()).isEmpty();
        parked = Map.of(DB, Contents.of("a=3"));
        assertThat(rolled()).containsExactly("it");
    }

    @Test
    void wavesComeInOrderAndTheUnnamedLast() {
        reader("zeta", Map.of());
        reader("api", Map.of());
        reader("worker", Map.of());
        policy(List.of(Set.of("deployment/worker"), Set.of("Deployment/api")), 2, Duration.ofMinutes(3));
        assertThat(plan().items())
                .extracting(i -> i.workload().ref().name() + i.wave())
                .containsExactly("worker0", "api1", "zeta2");
        assertThat(plan().maxParallel()).isEqualTo(2);
        assertThat(plan().deadline()).isEqualTo(Duration.ofMinutes(3));
    }

    @Test
    void aWorkloadThatReadsTwoChangedObjectsRollsOnce() {
        readers.add(Workloads.deployment("both", ASKS, "db", "other"));
        using("both", DB, OLD);
        using("both", OTHER, OLD);
        objects.put(OTHER, new Stated(NEW, null, SEEN));
        assertThat(rolled()).containsExactly("both");
    }

    @Test
    void aPatchInDoubtIsDoneAgainAndOneThatArrivedIsWaitedFor() {
        reader("doubt", ASKS);
        reader("under-way", ASKS);
        using("doubt", DB, NEW);
        using("under-way", DB, NEW);
        unfinished.put(new Uid("uid-doubt"), Unfinished.inDoubt());
        unfinished.put(new Uid("uid-under-way"), Unfinished.since(7));
        assertThat(plan().items())
                .extracting(i -> i.workload().ref().name(), RestartPlan.Item::underWay)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("doubt", null),
                        org.assertj.core.groups.Tuple.tuple("under-way", 7L));
    }

    @Test
    void doubtThatAnotherPlanHasLeftRollsOnlyWhoIsToBeRolledForTheObject() {
        reader("asks", ASKS);
        reader("does-not", Map.of());
        using("asks", DB, NEW);
        using("does-not", DB, NEW);
        for (var uid : List.of("uid-asks", "uid-does-not")) {
            unfinished.put(new Uid(uid), Unfinished.inDoubt(Set.of(DB)));
        }
        assertThat(rolled()).containsExactly("asks");
    }

    private void reader(String name, Map<String, String> annotations) {
        readers.add(Workloads.deployment(name, annotations, "db"));
        using(name, DB, OLD);
    }

    private void using(String name, ObjectRef object, Content content) {
        inUse.computeIfAbsent(new Uid("uid-" + name), _ -> new HashMap<>())
                .put(object, new InUse(object, KeySelection.whole(), content));
    }

    private void stamped(String publication) {
        objects.put(DB, new Stated(NEW, new PublicationId(publication), SEEN));
    }

    private void adoptAll() {
        plan().adoptions()
                .forEach(a -> inUse.computeIfAbsent(a.workload().uid(), _ -> new HashMap<>())
                        .put(a.inUse().object(), a.inUse()));
    }

    private void policy(
            List<Set<String>> waves,
            @org.jspecify.annotations.Nullable Integer maxParallel,
            @org.jspecify.annotations.Nullable Duration deadline) {
        policies.add(new RotationPolicy(
                ObjectRef.secretRotation("shop", "db"), Set.of(DB), waves, maxParallel, deadline, null));
    }

    private RestartPlan plan() {
        var rules = new Rules(autoReloadAll, INSTALLED, 5, Duration.ofMinutes(10));
        return Planner.plan(new PlanInput(objects, parked, readers, inUse, unfinished, policies, targets, rules));
    }

    private List<String> rolled() {
        return plan().items().stream().map(i -> i.workload().ref().name()).toList();
    }
}
