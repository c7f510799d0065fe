package io.keyturn.testbed.demo;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a visitor can do while the demo stays up, as it is printed. The guide to the demo shows the same lines. */
public final class Invitation {
    private Invitation() {}

    /**
     * The lines.
     *
     * @param programs the folder of kubectl
     * @param services short names and addresses, in the order they are shown
     */
    public static List<String> lines(
            String namespace, Path kubeconfig, Path programs, Map<String, URI> services, Path logs) {
        var kubectl = "kubectl -n " + namespace;
        var lines = new ArrayList<>(List.of(
                "  first      export KUBECONFIG=" + kubeconfig,
                "             export PATH=$PATH:" + programs,
                "  look       " + kubectl + " get secretrotations,deployments,pods",
                "  rotate     " + kubectl
                        + " annotate --overwrite secretrotation orders-db keyturn.io/rotate=$(date +%s)",
                "  break      " + kubectl + " annotate --overwrite deployment orders-api " + HealthAnnotation.NAME
                        + "=broken",
                "             … then rotate, and watch it roll back; health=fine mends it"));
        services.forEach(
                (service, address) -> lines.add("  %-10s %s".formatted(service, address.resolve("/q/metrics"))));
        var audit = services.get("audit");
        if (audit != null) {
            lines.add("  record     " + audit.resolve("/audit/events?namespace=" + namespace));
            lines.add("             " + audit.resolve("/audit/verify"));
        }
        lines.add("  logs       " + logs);
        return lines;
    }
}
