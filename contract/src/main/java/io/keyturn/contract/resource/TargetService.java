package io.keyturn.contract.resource;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The Service that {@code target.host} names, if it has a form that a Service of the cluster can have. */
public record TargetService(String namespace, String name) {
    private static final Pattern LABEL = Pattern.compile("[a-z]([-a-z0-9]{0,61}[a-z0-9])?");

    /** {@code name}, {@code name.ns}, {@code name.ns.svc} and {@code name.ns.svc.<cluster domain>}; empty for all else. */
    public static Optional<TargetService> of(String host, String ownNamespace) {
        var plain = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        var labels = List.of(plain.split("\\.", -1));
        var cluster = labels.size() <= 2 || "svc".equals(labels.get(2));
        if (!cluster || !labels.stream().allMatch(label -> LABEL.matcher(label).matches())) {
            return Optional.empty();
        }
        return Optional.of(new TargetService(labels.size() == 1 ? ownNamespace : labels.get(1), labels.getFirst()));
    }
}
