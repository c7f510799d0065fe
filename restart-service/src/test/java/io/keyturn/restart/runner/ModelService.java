package io.keyturn.restart.runner;

import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;

import io.keyturn.kit.messaging.KitConfig;
import io.keyturn.kit.persistence.UnitOfWork;
import io.keyturn.restart.RestartConfig;
import io.keyturn.restart.persistence.ModelBaselines;
import io.keyturn.restart.persistence.ModelContents;
import io.keyturn.restart.persistence.ModelLostBaselines;
import io.keyturn.restart.persistence.ModelPlanning;
import io.keyturn.restart.persistence.ModelPlans;
import io.keyturn.restart.persistence.ModelTransactions;
import io.keyturn.restart.simulation.Instance;
import io.keyturn.restart.simulation.ModelCluster;
import io.keyturn.restart.simulation.RestartMistake;
import io.keyturn.restart.workload.ModelPatcher;
import io.keyturn.restart.workload.ModelWatch;
import io.keyturn.restart.workload.WorkloadIndex;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.opentelemetry.api.trace.TracerProvider;

/** The service of one instance: all its classes, on model servers. */
public final class ModelService {
    private static final RestartMetrics METRICS = new RestartMetrics(new CompositeMeterRegistry());

    private ModelService() {}

    /** Starts it. Answers its intake. */
    public static ChangeIntake start(
            Instance instance, UnitOfWork unitOfWork, ModelCluster cluster, KitConfig kit, RestartMistake mistake) {
        Clock clock = instance.world().turns().withZone(ZoneOffset.UTC);
        var config = new Config(cluster.maxParallel());
        var index = new WorkloadIndex();
        var transactions = new ModelTransactions(unitOfWork);
        var baselines = new ModelBaselines(mistake);
        var planning = new ModelPlanning(baselines, mistake);
        var plans = new ModelPlans(baselines, mistake);
        var lost = new LostBaselines(index, new ModelLostBaselines(), transactions, clock);
        var wakeups = new ModelWakeups(instance);
        var record = new PlanRecord(transactions, plans, lost, kit);
        var report = new PlanReport(METRICS, ModelPatcher.events(config, clock), clock);
        var patching =
                new ModelPatchStep(new ModelPatcher(instance, cluster, mistake), transactions, record, report, clock);
        var looking = new LookStep(index, transactions, record, baselines, planning, report, clock);
        var drivers = new ModelDrivers(instance, patching, looking, record, wakeups, transactions, plans, kit, METRICS);
        var maker = new PlanMaker(index, planning, baselines, lost, drivers, config, kit, clock);
        var targets = ModelPatcher.targets(clock);
        var adoption = new Adoption(index, transactions, baselines, planning);
        var planner = new Planning(
                index,
                targets,
                transactions,
                planning,
                maker,
                config,
                clock,
                TracerProvider.noop().get("simulation"));
        var runner = new RestartRunner(
                new ModelWatch(instance, cluster, index),
                index,
                wakeups,
                lost,
                adoption,
                planner,
                drivers,
                transactions,
                baselines,
                plans,
                config,
                clock);
        instance.start("runner", runner::run);
        return new ChangeIntake(unitOfWork, new ModelContents(mistake), index, targets, adoption, maker, wakeups);
    }

    /** As it comes. */
    private record Config(int maxParallel) implements RestartConfig {
        @Override
        public boolean autoReloadAll() {
            return false;
        }

        @Override
        public Duration deadline() {
            return Duration.ofHours(1);
        }

        @Override
        public Duration publicationWait() {
            return Duration.ofSeconds(10);
        }

        @Override
        public Duration keepPlans() {
            return Duration.ofDays(30);
        }

        @Override
        public boolean events() {
            return false;
        }
    }
}
