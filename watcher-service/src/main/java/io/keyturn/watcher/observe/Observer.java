package io.keyturn.watcher.observe;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.reference.ObjectKind;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.kit.fingerprint.Fingerprinter;
import io.keyturn.watcher.WatcherConfig;
import io.keyturn.watcher.WatcherLog;
import io.keyturn.watcher.filter.ObjectFilter;
import io.keyturn.watcher.statement.StatementState;
import io.keyturn.watcher.topic.StatementSender;
import io.micrometer.core.instrument.MeterRegistry;

/** Brings the topic in step with the cluster, and keeps it there while a {@link Session} lasts. */
@ApplicationScoped
public class Observer {
    private final ObjectReader reader;
    private final MetadataClient metadata;
    private final StatementSender sender;
    private final WatcherConfig config;
    private final MeterRegistry metrics;
    private final Clock clock;

    Observer(
            ObjectReader reader,
            MetadataClient metadata,
            StatementSender sender,
            WatcherConfig config,
            MeterRegistry metrics,
            Clock clock) {
        this.reader = reader;
        this.metadata = metadata;
        this.sender = sender;
        this.config = config;
        this.metrics = metrics;
        this.clock = clock;
    }

    /**
     * Begins to observe: states what differs from the given state, then watches. Blocks until both watches have listed.
     *
     * @param readAll whether every object is read even if its version is known: nothing is stated yet, or the fingerprint
     *     masters changed
     */
    public Session start(StatementState state, Supplier<Fingerprinter> fingerprinter, boolean readAll)
            throws InterruptedException {
        var filter = new ObjectFilter(config.observe().ignoredNamespaces().orElse(Set.of(config.namespace())));
        var workers = new ObjectWorkers(
                reader,
                new Describer(filter),
                state,
                sender,
                fingerprinter,
                clock,
                config.observe().inFlight());
        checkVersion(state);
        var session = new Session(state, workers, filter);
        try {
            if (readAll) {
                readAll(ObjectKind.Secret, workers);
                readAll(ObjectKind.ConfigMap, workers);
            }
            session.open();
        } catch (RuntimeException | InterruptedException e) {
            session.close();
            throw e;
        }
        return session;
    }

    /** True when etcd was restored: a new incarnation began and the session must be replaced. */
    public boolean checkVersion(StatementState state) {
        var highest = state.highest();
        if (state.clusterIsAt(reader.clusterVersion(), highest)) {
            WatcherLog.LOG.newIncarnation(state.incarnation());
            return true;
        }
        return false;
    }

    /** Every object is read once; one that could not be stated then is marked, so that the session is not in step without it. */
    private void readAll(ObjectKind kind, ObjectWorkers workers) {
        metrics.counter("keyturn.watch.relists", "kind", kind.name()).increment();
        reader.list(kind, page -> {
            try (var threads = Executors.newThreadPerTaskExecutor(
                    Thread.ofVirtual().name("first-look").factory())) {
                var under = new ArrayList<Future<?>>();
                for (var object : page) {
                    var about = new ObjectRef(kind, object.namespace, object.name);
                    under.add(threads.submit(() -> workers.settleOrMark(about, object)));
                }
                for (var one : under) {
                    await(one);
                }
            }
        });
    }

    private static void await(Future<?> settled) {
        try {
            settled.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted");
        }
    }

    /** Observing, until closed. */
    public final class Session implements AutoCloseable {
        private final ObjectWorkers workers;
        private final MetadataWatch<?> secrets;
        private final MetadataWatch<?> configMaps;
        private volatile boolean listed;

        private Session(StatementState state, ObjectWorkers workers, ObjectFilter filter) {
            this.workers = workers;
            this.secrets = MetadataWatch.secrets(metadata.client(), filter, state, workers, metrics);
            this.configMaps = MetadataWatch.configMaps(metadata.client(), filter, state, workers, metrics);
        }

        private void open() throws InterruptedException {
            try {
                secrets.start()
                        .toCompletableFuture()
                        .thenCombine(configMaps.start().toCompletableFuture(), (one, _) -> one)
                        .get();
            } catch (ExecutionException e) {
                throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
            }
            secrets.markVanished();
            configMaps.markVanished();
            listed = true;
        }

        /** True when everything known to have changed is stated. */
        public boolean inStep() {
            return listed && workers.idle();
        }

        /** Stops watching and waits until nothing is being stated. */
        @Override
        public void close() {
            secrets.close();
            configMaps.close();
            workers.close();
        }
    }
}
