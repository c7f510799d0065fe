package io.keyturn.testbed.kubernetes;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import org.jspecify.annotations.Nullable;

/** Server-side apply of YAML files, namespaces and custom resource definitions first. */
final class Manifests {

    private static final PatchContext APPLY = new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager("keyturn-testbed")
            .withForce(true)
            .build();

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final KubernetesClient client;

    Manifests(KubernetesClient client) {
        this.client = client;
    }

    /** Applies a multi-document file, or every {@code .yaml} and {@code .yml} file under a folder. */
    List<HasMetadata> apply(Path path, @Nullable String namespace) {
        List<HasMetadata> objects = new ArrayList<>();
        for (Path file : files(path)) {
            try (InputStream content = Files.newInputStream(file)) {
                objects.addAll(client.load(content).items());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return apply(objects, namespace);
    }

    List<HasMetadata> apply(List<HasMetadata> objects, @Nullable String namespace) {
        List<HasMetadata> ordered = objects.stream()
                .sorted(Comparator.comparingInt(Manifests::rank))
                .toList();
        return ordered.stream().map(object -> applyOne(object, namespace)).toList();
    }

    private HasMetadata applyOne(HasMetadata object, @Nullable String namespace) {
        if (namespace != null
                && (object instanceof Namespaced || object instanceof GenericKubernetesResource)
                && object.getMetadata().getNamespace() == null) {
            object.getMetadata().setNamespace(namespace);
        }
        HasMetadata applied = patch(object);
        if (object instanceof CustomResourceDefinition) {
            awaitEstablished(object.getMetadata().getName());
        }
        return applied;
    }

    /** A server that has only just started may be too busy for one request; apply is repeatable. */
    private HasMetadata patch(HasMetadata object) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                return client.resource(object).patch(APPLY);
            } catch (KubernetesClientException e) {
                boolean busy = e.getCode() == 0 || e.getCode() == 429 || e.getCode() >= 500;
                if (!busy || System.nanoTime() > deadline) {
                    throw e;
                }
                LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
            }
        }
    }

    private void awaitEstablished(String name) {
        client.apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName(name)
                .waitUntilCondition(
                        crd -> crd != null
                                && crd.getStatus() != null
                                // A status may hold the stored versions before it holds any condition.
                                && crd.getStatus().getConditions() != null
                                && crd.getStatus().getConditions().stream()
                                        .anyMatch(condition -> "Established".equals(condition.getType())
                                                && "True".equals(condition.getStatus())),
                        PATIENCE.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    private static int rank(HasMetadata object) {
        return switch (object.getKind()) {
            case "Namespace" -> 0;
            case "CustomResourceDefinition" -> 1;
            case "ServiceAccount" -> 2;
            default -> 3;
        };
    }

    private static List<Path> files(Path path) {
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        try (Stream<Path> files = Files.walk(path)) {
            return files.filter(file ->
                            file.toString().endsWith(".yaml") || file.toString().endsWith(".yml"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
