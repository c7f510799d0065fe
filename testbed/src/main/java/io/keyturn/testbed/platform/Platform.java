package io.keyturn.testbed.platform;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;

import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.process.FreePort;
import io.keyturn.testbed.process.Scratch;

/** The whole of Keyturn on one machine: servers, identities from {@code deploy/}, the four services as processes. */
public final class Platform implements AutoCloseable {
    private static final Executor VIRTUAL = task -> Thread.ofVirtual().start(task);

    private final Testbed testbed;
    private final Identities identities;
    private final Map<ServiceJar, RunningService> services = new EnumMap<>(ServiceJar.class);

    private Platform(Testbed testbed) {
        this.testbed = testbed;
        this.identities = new Identities(testbed);
    }

    /**
     * Starts everything, side by side where it can be, and waits until every service is ready.
     *
     * @param hostNames names that lead to this machine, as a cluster's DNS would resolve them for the services
     * @param extra further settings of a service, as environment variables
     * @param progress is told what has been done
     */
    public static Platform start(
            Testbed testbed,
            String cluster,
            Collection<String> hostNames,
            Map<String, String> extra,
            Consumer<String> progress) {
        return start(testbed, cluster, hostNames, _ -> extra, progress);
    }

    /** The same with settings of each service by itself, asked for when its identity is there. */
    public static Platform start(
            Testbed testbed,
            String cluster,
            Collection<String> hostNames,
            Function<ServiceJar, Map<String, String>> extra,
            Consumer<String> progress) {
        var platform = new Platform(testbed);
        testbed.begin(Testbed.Server.KUBERNETES, Testbed.Server.KAFKA, Testbed.Server.POSTGRES, Testbed.Server.OPENBAO);
        var identities = platform.identities;
        var kubernetes = step("CRD, ServiceAccounts and RBAC from deploy/", identities::kubernetes, progress);
        var kafka = step("Kafka topics, principals and ACLs from deploy/", identities::kafka, progress);
        var databases = step("databases, owners and users from deploy/", identities::databases, progress);
        var vault = kubernetes.thenRunAsync(
                () -> {
                    identities.vault();
                    progress.accept("Vault mounts, policies and roles from deploy/");
                },
                VIRTUAL);
        CompletableFuture.allOf(kubernetes, kafka, databases, vault).join();
        var hosts = hostsFile(hostNames);
        for (var service : ServiceJar.values()) {
            int port = FreePort.next();
            var environment = identities.environment(service, cluster);
            environment.put("QUARKUS_HTTP_PORT", String.valueOf(port));
            environment.put("QUARKUS_HTTP_HOST", "127.0.0.1");
            environment.putAll(extra.apply(service));
            platform.services.put(service, new RunningService(service, port, environment, hosts));
        }
        platform.awaitReady(progress);
        return platform;
    }

    private static CompletableFuture<Void> step(String done, Runnable work, Consumer<String> progress) {
        return CompletableFuture.runAsync(
                () -> {
                    work.run();
                    progress.accept(done);
                },
                VIRTUAL);
    }

    private void awaitReady(Consumer<String> progress) {
        CompletableFuture.allOf(services.values().stream()
                        .map(service -> CompletableFuture.runAsync(
                                () -> {
                                    service.awaitReady();
                                    progress.accept(service.service().principal() + " is ready");
                                },
                                VIRTUAL))
                        .toArray(CompletableFuture[]::new))
                .join();
    }

    /** Replaces the machine's name service for the services: what is not in here does not resolve. */
    private static Path hostsFile(Collection<String> names) {
        var file = Scratch.folder("hosts").resolve("hosts");
        var lines = new StringBuilder("127.0.0.1 localhost\n");
        names.forEach(name -> lines.append("127.0.0.1 ").append(name).append('\n'));
        try {
            Files.writeString(file, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }

    public Testbed testbed() {
        return testbed;
    }

    public RunningService service(ServiceJar service) {
        return Objects.requireNonNull(services.get(service));
    }

    /** One more instance beside the first: same identity, a port of its own. Whoever asks for it waits for it and closes it. */
    public RunningService another(ServiceJar service) {
        return service(service).another(FreePort.next());
    }

    /** The service's database is lost and set up anew, with the script in {@code deploy/}. Only while the service is down. */
    public void recreateDatabase(ServiceJar service) {
        identities.recreateDatabase(service);
    }

    /** Copies the service's database, as a server that follows it would, if it were cut off now. Only while the service is down. */
    public void copyDatabase(ServiceJar service) {
        identities.copyDatabase(service);
    }

    /** The copy takes the place of the service's database: whatever was committed since is lost. Only while the service is down. */
    public void failDatabaseOver(ServiceJar service) {
        identities.failDatabaseOver(service);
    }

    public List<RunningService> services() {
        return List.copyOf(services.values());
    }

    /** Ends the services; the servers stay for whoever shares them. */
    @Override
    public void close() {
        services.values().forEach(RunningService::close);
    }
}
