package io.keyturn.watcher.leader;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.keyturn.kit.messaging.KitConfig;
import io.keyturn.watcher.FailureCode;
import io.keyturn.watcher.WatcherConfig;
import io.keyturn.watcher.WatcherLog;
import io.keyturn.watcher.master.FingerprintMaster;
import io.keyturn.watcher.observe.Observer;
import io.keyturn.watcher.rotation.RotationWatch;
import io.keyturn.watcher.topic.StatementTopic;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import org.jspecify.annotations.Nullable;

/** Stands for election by a Kubernetes Lease, again and again, and serves a {@link Term} while it holds the Lease. */
@ApplicationScoped
public class Campaign {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final KubernetesClient client;
    private final KitConfig kit;
    private final WatcherConfig config;
    private final StatementTopic topic;
    private final FingerprintMaster master;
    private final Observer observer;
    private final RotationWatch rotations;
    private final ElectionLease lease;
    private final AtomicReference<@Nullable Term> term = new AtomicReference<>();
    private volatile @Nullable Thread thread;

    Campaign(
            KubernetesClient client,
            KitConfig kit,
            WatcherConfig config,
            StatementTopic topic,
            FingerprintMaster master,
            Observer observer,
            RotationWatch rotations,
            MeterRegistry metrics) {
        this.client = client;
        this.kit = kit;
        this.config = config;
        this.topic = topic;
        this.master = master;
        this.observer = observer;
        this.rotations = rotations;
        this.lease = new ElectionLease(config.namespace(), config.leader().lease(), kit.instance());
        metrics.gauge("keyturn.leader", term, held -> held.get() == null ? 0 : 1);
    }

    void onStart(@Observes StartupEvent event) {
        if (config.leader().campaign()) {
            start();
        }
    }

    void onStop(@Observes ShutdownEvent event) throws InterruptedException {
        stop();
    }

    /** Begins to stand for election. */
    public synchronized void start() {
        if (thread == null) {
            thread = Thread.ofVirtual().name("campaign").start(this::run);
        }
    }

    /** Ends the term, if there is one, then gives the Lease back; returns when nothing runs any more. */
    public synchronized void stop() throws InterruptedException {
        var running = thread;
        if (running != null) {
            running.interrupt();
            running.join(PATIENCE);
            thread = null;
        }
    }

    /** What this instance does now. */
    public Role role() {
        var current = term.get();
        if (current != null) {
            return current.inStep() ? Role.LEADING : Role.CATCHING_UP;
        }
        return thread == null ? Role.IDLE : Role.STANDBY;
    }

    /** What a leader that is catching up waits for, or a standby that could not lead if its turn came. */
    public String waitsFor() {
        var current = term.get();
        if (current != null) {
            return current.waitsFor();
        }
        return lease.isOutOfReach() ? "LEASE" : "NOTHING";
    }

    private void run() {
        boolean stopping = false;
        while (!stopping) {
            var election = elect();
            try {
                election.get();
                Thread.sleep(config.leader().retryPeriod());
            } catch (ExecutionException | CancellationException e) {
                WatcherLog.LOG.electionFailed(FailureCode.of(e.getCause() == null ? e : e.getCause()));
                stopping = !pause();
            } catch (InterruptedException e) {
                // The interrupt is spent here: ending the term has to wait for its threads.
                stopping = true;
            } finally {
                endTerm();
                election.cancel(true);
            }
        }
    }

    /** Never throws: a campaign that ended with an exception would leave this instance a standby for ever. */
    private CompletableFuture<?> elect() {
        try {
            return stand();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<?> stand() {
        var leader = config.leader();
        var callbacks = new LeaderCallbacks(
                this::beginTerm, () -> Thread.ofVirtual().name("term-end").start(this::endTerm), _ -> {});
        return client.leaderElector()
                .withConfig(new LeaderElectionConfig(
                        lease,
                        leader.leaseDuration(),
                        leader.renewDeadline(),
                        leader.retryPeriod(),
                        callbacks,
                        true,
                        leader.lease()))
                .build()
                .start();
    }

    private void beginTerm() {
        var next = new Term(topic, master, observer, rotations, config);
        if (term.compareAndSet(null, next)) {
            WatcherLog.LOG.leading(kit.instance());
            next.begin();
        }
    }

    private void endTerm() {
        var last = term.get();
        if (last != null) {
            last.end();
            if (term.compareAndSet(last, null)) {
                WatcherLog.LOG.notLeading();
            }
        }
    }

    /** False when interrupted. */
    private boolean pause() {
        try {
            Thread.sleep(config.leader().retryPeriod());
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }
}
