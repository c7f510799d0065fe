package io.keyturn.rotation.policy;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import io.keyturn.contract.resource.Interval;
import io.keyturn.contract.resource.SecretRotationSpec;
import io.keyturn.contract.resource.SecretRotationSpec.Alphabet;
import io.keyturn.contract.resource.SecretRotationSpec.Check;
import io.keyturn.contract.resource.SecretRotationSpec.Publication;
import io.keyturn.contract.resource.TargetService;
import io.keyturn.rotation.credential.SecretGenerator;
import io.keyturn.rotation.policy.RotationPolicy.HttpPlan;
import io.keyturn.rotation.policy.RotationPolicy.SecretPlan;
import io.keyturn.rotation.template.Template;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNullElse;

/**
 * Reads a spec and collects everything that is wrong with it, so that a user mends all of it at once. The CRD's schema has
 * refused most of this already; what it cannot see (the namespace in a Vault path) or an older CRD let pass is refused here.
 */
public final class PolicyReader {
    private static final Pattern PATH = Pattern.compile("[A-Za-z0-9][-A-Za-z0-9_.]*(/[A-Za-z0-9][-A-Za-z0-9_.]*)+");
    private static final Duration LONGEST_CHECK = Duration.ofMinutes(1);
    private static final int MIN_BITS = 128;

    private final String namespace;
    private final List<Fault> faults = new ArrayList<>();

    private PolicyReader(String namespace) {
        this.namespace = namespace;
    }

    /**
     * What the target's own reader has to say: its faults, the placeholders it offers, whether the user name changes.
     *
     * @param host where the target answers; null if it has no host of its own
     */
    public record TargetFacts(
            List<Fault> faults,
            Set<String> attributes,
            boolean principalChanges,
            @Nullable String host) {}

    /** Either a policy or at least one fault. */
    public sealed interface Result {
        record Usable(RotationPolicy policy) implements Result {}

        record Faulty(List<Fault> faults) implements Result {}
    }

    public static Result read(
            String namespace, String name, String uid, @Nullable SecretRotationSpec spec, TargetFacts target) {
        return new PolicyReader(namespace).result(name, uid, spec, target);
    }

    private Result result(String name, String uid, @Nullable SecretRotationSpec spec, TargetFacts target) {
        if (spec == null || spec.target() == null) {
            return new Result.Faulty(List.of(new Fault("spec.target", "name exactly one target")));
        }
        faults.addAll(target.faults());
        var store = store(spec.store());
        var secrets = secrets(spec.publish(), target);
        var alphabet = spec.generate() == null
                ? Alphabet.alphanumeric
                : requireNonNullElse(spec.generate().alphabet(), Alphabet.alphanumeric);
        int length = spec.generate() == null
                ? 32
                : requireNonNullElse(spec.generate().length(), 32);
        strength(alphabet, length);
        var checks = checks(spec.verify());
        var retire = spec.retire();
        var deadline = spec.consumers() == null ? null : spec.consumers().deadline();
        if (!faults.isEmpty()) {
            return new Result.Faulty(List.copyOf(faults));
        }
        return new Result.Usable(new RotationPolicy(
                namespace,
                name,
                uid,
                spec.target(),
                target.host() == null
                        ? null
                        : TargetService.of(target.host(), namespace).orElse(null),
                store,
                secrets,
                alphabet,
                length,
                duration(deadline, Duration.ofMinutes(10)),
                duration(retire == null ? null : retire.after(), Duration.ZERO),
                retire != null && Boolean.TRUE.equals(retire.terminateSessions()),
                checks));
    }

    private SecretRotationSpec.Store store(SecretRotationSpec.@Nullable Store store) {
        var path = store == null || store.vault() == null ? null : store.vault().path();
        faults.addAll(pathFaults("spec.store.vault.path", path, namespace));
        return requireNonNullElse(store, new SecretRotationSpec.Store(null));
    }

    /** Also for the paths a target names. */
    public static List<Fault> pathFaults(String field, @Nullable String path, String namespace) {
        if (path == null || !PATH.matcher(path).matches() || path.contains("..")) {
            return List.of(new Fault(field, "write it as " + namespace + "/<name>, without .. or empty parts"));
        }
        return path.startsWith(namespace + "/")
                ? List.of()
                : List.of(new Fault(
                        field, "its first part must be the SecretRotation's own namespace: " + namespace + "/…"));
    }

    private List<SecretPlan> secrets(@Nullable List<Publication> publish, TargetFacts target) {
        if (publish == null || publish.isEmpty()) {
            faults.add(new Fault("spec.publish", "name at least one Secret"));
            return List.of();
        }
        var plans = new ArrayList<SecretPlan>();
        for (int i = 0; i < publish.size(); i++) {
            var field = "spec.publish[" + i + "].secret";
            var secret = publish.get(i).secret();
            if (secret == null
                    || secret.name() == null
                    || secret.data() == null
                    || secret.data().isEmpty()) {
                faults.add(new Fault(field, "needs a name and at least one key in data"));
                continue;
            }
            if (secret.namespace() != null && !secret.namespace().equals(namespace)) {
                faults.add(new Fault(
                        field + ".namespace",
                        "a SecretRotation publishes only in its own namespace " + namespace + "; remove it"));
            }
            var keys = templates(field, secret.data(), target.attributes());
            if (target.principalChanges() && keys.values().stream().noneMatch(t -> t.names(Template.PRINCIPAL))) {
                faults.add(new Fault(
                        field + ".data",
                        "with AlternatingRoles the user name changes too; put {username} into at least one key"));
            }
            plans.add(new SecretPlan(secret.name(), keys));
        }
        return List.copyOf(plans);
    }

    private Map<String, Template> templates(String field, Map<String, String> data, Set<String> attributes) {
        var keys = new LinkedHashMap<String, Template>();
        data.forEach((key, text) -> {
            try {
                keys.put(key, Template.parse(text, attributes));
            } catch (IllegalArgumentException e) {
                faults.add(new Fault(field + ".data." + key, requireNonNullElse(e.getMessage(), "is not a template")));
            }
        });
        return keys;
    }

    private void strength(Alphabet alphabet, int length) {
        if (length > 128 || SecretGenerator.bits(alphabet, length) < MIN_BITS) {
            faults.add(new Fault("spec.generate.length", "must give at least 128 bits and be at most 128 characters"));
        }
    }

    private List<HttpPlan> checks(@Nullable List<Check> checks) {
        var plans = new ArrayList<HttpPlan>();
        for (int i = 0; checks != null && i < checks.size(); i++) {
            var field = "spec.verify[" + i + "].http.url";
            var http = checks.get(i).http();
            var url = http == null || http.url() == null ? null : uri(http.url());
            if (http == null
                    || url == null
                    || url.getHost() == null
                    || url.getUserInfo() != null
                    || !requireNonNullElse(url.getScheme(), "").matches("https?")) {
                faults.add(new Fault(field, "must be an http or https URL with a host and without user name"));
            } else {
                var timeout = duration(http.timeout(), Duration.ofSeconds(5));
                if (timeout.isZero() || timeout.compareTo(LONGEST_CHECK) > 0) {
                    faults.add(new Fault("spec.verify[" + i + "].http.timeout", "must be 1s to 60s"));
                }
                plans.add(new HttpPlan(url, timeout));
            }
        }
        return List.copyOf(plans);
    }

    private static @Nullable URI uri(String text) {
        try {
            return URI.create(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static Duration duration(@Nullable Interval interval, Duration otherwise) {
        return interval == null ? otherwise : interval.duration();
    }
}
