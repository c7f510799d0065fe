package io.keyturn.watcher.statement;

import java.util.List;
import java.util.Map;
import java.util.Set;

import io.keyturn.contract.event.Origin;
import io.keyturn.contract.reference.Owner;
import org.jspecify.annotations.Nullable;

/**
 * Who owns an object and who wrote its content, from its metadata. An owner that would write again comes before a deployment
 * tool, and a deployment tool before whoever wrote last.
 *
 * @param owner the controller, or the deployment tool that its labels name
 */
public record Provenance(@Nullable Owner owner, Origin origin) {
    /** A reference to an owner. */
    public record OwnerReference(String apiVersion, String kind, String name, boolean controller) {}

    private static final String MANAGED_BY = "app.kubernetes.io/managed-by";
    private static final String KEYTURN_MANAGER = "keyturn-rotation";

    /** A label or annotation by which a tool marks what it deploys. */
    private record Mark(String name, String ownerKind, Origin origin) {}

    private static final List<Mark> MARKS = List.of(
            new Mark("kustomize.toolkit.fluxcd.io/name", "Kustomization", Origin.FLUX),
            new Mark("helm.toolkit.fluxcd.io/name", "HelmRelease", Origin.FLUX),
            new Mark("argocd.argoproj.io/instance", "Application", Origin.ARGO_CD),
            new Mark("argocd.argoproj.io/tracking-id", "Application", Origin.ARGO_CD));

    /** @param dataManagers the field managers that own any of the content */
    public static Provenance of(
            List<OwnerReference> owners,
            Map<String, String> labels,
            Map<String, String> annotations,
            Set<String> dataManagers) {
        var controller = owners.stream()
                .filter(OwnerReference::controller)
                .findFirst()
                .or(() -> owners.stream().findFirst())
                .orElse(null);
        if (controller != null) {
            return new Provenance(owner(controller.kind(), controller.name()), originOf(controller));
        }
        for (var mark : MARKS) {
            var name = labels.getOrDefault(mark.name(), annotations.get(mark.name()));
            if (name != null) {
                return new Provenance(owner(mark.ownerKind(), name.split(":", 2)[0]), mark.origin());
            }
        }
        if ("Helm".equals(labels.get(MANAGED_BY))) {
            return new Provenance(
                    owner("HelmRelease", annotations.getOrDefault("meta.helm.sh/release-name", "")), Origin.HELM);
        }
        return new Provenance(null, dataManagers.contains(KEYTURN_MANAGER) ? Origin.KEYTURN : Origin.OTHER);
    }

    private static Origin originOf(OwnerReference owner) {
        var group = owner.apiVersion().split("/", 2)[0];
        return switch (group) {
            case "external-secrets.io" -> Origin.EXTERNAL_SECRETS;
            case "bitnami.com" -> Origin.SEALED_SECRETS;
            case "postgresql.cnpg.io" -> Origin.CLOUD_NATIVE_PG;
            default -> Origin.OTHER;
        };
    }

    /** Labels are free text: one that cannot be the name of an owner names none. */
    private static @Nullable Owner owner(String kind, String name) {
        try {
            return new Owner(kind, name);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
