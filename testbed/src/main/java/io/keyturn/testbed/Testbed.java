package io.keyturn.testbed;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

import io.keyturn.testbed.fault.FaultProxy;
import io.keyturn.testbed.kafka.KafkaServer;
import io.keyturn.testbed.kubernetes.KubernetesServer;
import io.keyturn.testbed.openbao.OpenBaoServer;
import io.keyturn.testbed.postgres.PostgresServer;
import org.jspecify.annotations.Nullable;

/**
 * The servers of one machine, each started at its first use and kept until {@link #close}. {@link #shared()} is the one
 * of this JVM, which ends with it.
 */
public final class Testbed implements AutoCloseable {

    /** What a testbed can start. */
    public enum Server {
        /** etcd, API server, controllers. */
        KUBERNETES,
        /** The broker. */
        KAFKA,
        /** PostgreSQL. */
        POSTGRES,
        /** OpenBao. */
        OPENBAO,
        /** Toxiproxy. */
        FAULTS
    }

    private static final Testbed SHARED = new Testbed((server, time) -> {});
    private static final Executor VIRTUAL_THREADS = task -> Thread.ofVirtual().start(task);

    private final Map<Server, CompletableFuture<AutoCloseable>> servers = new ConcurrentHashMap<>();
    private final BiConsumer<Server, Duration> started;
    private volatile boolean tls;
    private volatile int kafkaDoors;
    private volatile PostgresServer.Options postgresOptions =
            PostgresServer.Options.plain().withTls().withStatementLog();

    /** A testbed of its own; the listener is told how long each server took to start. */
    public Testbed(BiConsumer<Server, Duration> started) {
        this.started = started;
    }

    /** The testbed that all tests of this JVM share. */
    public static Testbed shared() {
        return SHARED;
    }

    /** How PostgreSQL is started, if it is not yet. */
    public Testbed withPostgres(PostgresServer.Options options) {
        postgresOptions = options;
        return this;
    }

    /** Kafka and OpenBao speak TLS only, if they are not started yet. PostgreSQL offers it anyway; its own tools here cannot. */
    public Testbed withTls() {
        tls = true;
        return this;
    }

    /** The broker gets so many further listeners, if it is not started yet. */
    public Testbed withKafkaDoors(int doors) {
        kafkaDoors = doors;
        return this;
    }

    /** Begins to start these at once, side by side; the getters wait for them. */
    public Testbed begin(Server... wanted) {
        for (Server server : wanted) {
            future(server);
        }
        return this;
    }

    /** The Kubernetes API. */
    public KubernetesServer kubernetes() {
        return get(Server.KUBERNETES, KubernetesServer.class);
    }

    /** The broker. */
    public KafkaServer kafka() {
        return get(Server.KAFKA, KafkaServer.class);
    }

    /** PostgreSQL: TLS is offered and statements are logged unless told otherwise. */
    public PostgresServer postgres() {
        return get(Server.POSTGRES, PostgresServer.class);
    }

    /** OpenBao; Kubernetes auth is off until turned on. */
    public OpenBaoServer openBao() {
        return get(Server.OPENBAO, OpenBaoServer.class);
    }

    /** The fault proxy. */
    public FaultProxy faults() {
        return get(Server.FAULTS, FaultProxy.class);
    }

    /** Ends every server that was started; one that fails to end does not keep the others. */
    @Override
    public void close() {
        @Nullable RuntimeException failure = null;
        for (Server server : Server.values()) {
            CompletableFuture<AutoCloseable> future = servers.remove(server);
            if (future == null) {
                continue;
            }
            try {
                future.join().close();
            } catch (CompletionException neverStarted) {
                // Whoever asked for it has seen why.
            } catch (Exception e) {
                failure = new IllegalStateException(server + " did not end", e);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private <T> T get(Server server, Class<T> type) {
        try {
            return type.cast(future(server).join());
        } catch (CompletionException e) {
            // A fresh exception with this caller's stack; the cause says what went wrong.
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            throw new IllegalStateException(server + " did not start: " + cause.getMessage(), cause);
        }
    }

    private CompletableFuture<AutoCloseable> future(Server server) {
        return servers.computeIfAbsent(server, key -> CompletableFuture.supplyAsync(() -> timed(key), VIRTUAL_THREADS));
    }

    private AutoCloseable timed(Server server) {
        long begin = System.nanoTime();
        Supplier<AutoCloseable> start = switch (server) {
            case KUBERNETES -> KubernetesServer::start;
            case KAFKA -> () -> KafkaServer.start(tls, kafkaDoors);
            case POSTGRES -> () -> PostgresServer.start(postgresOptions);
            case OPENBAO -> () -> OpenBaoServer.start(tls);
            case FAULTS -> FaultProxy::start;
        };
        AutoCloseable running = start.get();
        started.accept(server, Duration.ofNanos(System.nanoTime() - begin));
        return running;
    }
}
