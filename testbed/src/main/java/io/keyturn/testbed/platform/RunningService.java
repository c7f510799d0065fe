package io.keyturn.testbed.platform;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.keyturn.testbed.process.Child;

/** One service as a process of its own; it can be killed and started again with the same identity. */
public final class RunningService implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(90);
    /** What the images run with, see deploy/helm. */
    private static final List<String> JVM = List.of(
            "-XX:+UseSerialGC",
            "-Xms52m",
            "-Xmx88m",
            "-Xmn8m",
            "-XX:MinHeapFreeRatio=15",
            "-XX:MaxHeapFreeRatio=30",
            "-XX:+UseCompactObjectHeaders",
            "-Xss512k",
            "-XX:TieredStopAtLevel=1",
            "-XX:TrimNativeHeapInterval=5000",
            "-XX:+ExitOnOutOfMemoryError",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow");

    private final ServiceJar service;
    private final int port;
    private final Map<String, String> environment;
    private final Path hosts;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private Child child;

    RunningService(ServiceJar service, int port, Map<String, String> environment, Path hosts) {
        this.service = service;
        this.port = port;
        this.environment = environment;
        this.hosts = hosts;
        this.child = start(List.of());
    }

    RunningService another(int port) {
        var own = new HashMap<>(environment);
        own.put("QUARKUS_HTTP_PORT", String.valueOf(port));
        return new RunningService(service, port, own, hosts);
    }

    /** The options every service's JVM runs with. */
    public static List<String> jvmOptions() {
        return JVM;
    }

    private Child start(List<String> options) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM);
        command.addAll(options);
        command.add("-Djdk.net.hosts.file=" + hosts);
        command.addAll(List.of("-jar", service.jar().toString()));
        var all = new HashMap<>(environment);
        all.putIfAbsent("MALLOC_ARENA_MAX", "2");
        return Child.start(service.principal(), command, all);
    }

    public ServiceJar service() {
        return service;
    }

    public URI url(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    /** Its process id; memory and processor time are read by it. */
    public long pid() {
        return child.pid();
    }

    public Path log() {
        return child.log();
    }

    /** Waits until it says that it is ready. */
    public void awaitReady() {
        child.await(START_LIMIT, () -> status("/q/health/ready") == 200);
    }

    /** The status of a GET; 0 if nobody answers. */
    public int status(String path) {
        try {
            var request = HttpRequest.newBuilder(url(path))
                    .timeout(Duration.ofSeconds(5))
                    .build();
            return http.send(request, BodyHandlers.discarding()).statusCode();
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    /** The body of a GET. */
    public String get(String pathAndQuery) {
        try {
            var request = HttpRequest.newBuilder(url(pathAndQuery))
                    .timeout(Duration.ofSeconds(30))
                    .build();
            return http.send(request, BodyHandlers.ofString()).body();
        } catch (IOException e) {
            throw new IllegalStateException(service + " does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** SIGKILL: no shutdown hook runs. */
    public void kill() {
        child.kill();
    }

    /** SIGSTOP: it does nothing at all until {@link #unfreeze}, and does not know. */
    public void freeze() {
        child.signal("STOP");
    }

    /** Ends {@link #freeze}. */
    public void unfreeze() {
        child.signal("CONT");
    }

    /** Whether its process runs. */
    public boolean isAlive() {
        return child.isAlive();
    }

    /** SIGTERM, as Kubernetes ends a pod; killed after 20 s. */
    public void stop() {
        stop(Duration.ofSeconds(20));
    }

    /** The same with another patience: a JVM that writes an AOT cache needs longer. */
    public void stop(Duration patience) {
        child.stop(patience);
    }

    /** Starts it anew, same identity and port. */
    public void restart() {
        restart(List.of());
    }

    /** Starts it anew with further options of its JVM, such as {@code -XX:AOTCache=…}. */
    public void restart(List<String> options) {
        if (child.isAlive()) {
            stop();
        }
        child = start(options);
    }

    @Override
    public void close() {
        child.kill();
    }
}
