package io.keyturn.restart.plan;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.keyturn.contract.reference.ObjectKind;
import io.keyturn.contract.reference.Uid;
import io.keyturn.contract.reference.WorkloadKind;
import io.keyturn.contract.reference.WorkloadRef;
import io.keyturn.restart.reference.PodTemplate;
import io.keyturn.restart.reference.PodTemplate.Container;
import io.keyturn.restart.reference.PodTemplate.Source;
import io.keyturn.restart.reference.References;
import io.keyturn.restart.rollout.Rollout.OfDeployment;

/** Workloads for tests, of namespace shop, long since there. */
public final class Workloads {
    static final Instant LONG_AGO = Instant.parse("2025-01-01T00:00:00Z");

    private Workloads() {}

    public static Workload deployment(String name, Map<String, String> annotations, String... secrets) {
        var sources = List.of(secrets).stream()
                .map(secret -> new Source(ObjectKind.Secret, secret, null))
                .toList();
        return new Workload(
                new WorkloadRef(WorkloadKind.Deployment, "shop", name, new Uid("uid-" + name)),
                LONG_AGO,
                annotations,
                Map.of(),
                Map.of("app", name),
                References.of("shop", new PodTemplate(List.of(new Container(sources, List.of())), List.of())),
                new OfDeployment(1, 1, 1, 1, 1, 1, false));
    }

    public static Workload with(Workload it, Map<String, String> templateAnnotations, Instant createdAt) {
        return new Workload(
                it.ref(), createdAt, it.annotations(), templateAnnotations, it.labels(), it.references(), it.rollout());
    }
}
