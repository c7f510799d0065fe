package io.keyturn.rotation.resource;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.resource.SecretRotation;
import io.keyturn.contract.resource.SecretRotationSpec.Publication;
import io.keyturn.contract.resource.TargetService;
import org.jspecify.annotations.Nullable;

/** Two SecretRotations for one credential would retire each other's values: only the older acts. Pure. */
final class Rivals {
    private static final Comparator<SecretRotation> AGE = Comparator.<SecretRotation, String>comparing(
                    r -> r.getMetadata().getCreationTimestamp())
            .thenComparing(r -> r.getMetadata().getUid());

    private Rivals() {}

    /** A thing that only one may manage: the field that names it, and its name wherever it is named. */
    private record Claim(String field, String thing) {}

    /** What stands against this one, if an older one claims a thing that it claims too. */
    static Optional<Problem> olderThan(SecretRotation mine, Collection<SecretRotation> all) {
        var claims = claims(mine);
        return all.stream()
                .filter(other -> !Objects.equals(
                        other.getMetadata().getUid(), mine.getMetadata().getUid()))
                .filter(other -> AGE.compare(other, mine) < 0)
                .sorted(AGE)
                .flatMap(other -> {
                    Set<String> taken = new HashSet<>();
                    claims(other).forEach(claim -> taken.add(claim.thing()));
                    return claims.stream()
                            .filter(claim -> taken.contains(claim.thing()))
                            .map(claim -> problem(claim, mine, other));
                })
                .findFirst();
    }

    private static Problem problem(Claim claim, SecretRotation mine, SecretRotation other) {
        var meta = other.getMetadata();
        boolean near = meta.getNamespace().equals(mine.getMetadata().getNamespace());
        var who = near ? "SecretRotation " + meta.getName() : "a SecretRotation of namespace " + meta.getNamespace();
        return new Problem(
                RotationReason.CREDENTIAL_TAKEN,
                claim.field() + ": " + who + " is older and manages this already; keep one of the two");
    }

    private static List<Claim> claims(SecretRotation rotation) {
        var claims = new ArrayList<Claim>();
        var spec = rotation.getSpec();
        if (spec == null) {
            return claims;
        }
        var namespace = rotation.getMetadata().getNamespace();
        if (spec.store() != null && spec.store().vault() != null) {
            claims.add(new Claim(
                    "spec.store.vault.path", "vault " + spec.store().vault().path()));
        }
        var publish = spec.publish() == null ? List.<Publication>of() : spec.publish();
        for (int i = 0; i < publish.size(); i++) {
            var secret = publish.get(i).secret();
            if (secret != null && secret.data() != null) {
                for (var key : secret.data().keySet()) {
                    claims.add(new Claim(
                            "spec.publish[" + i + "].secret.data." + key,
                            "secret " + namespace + "/" + secret.name() + "/" + key));
                }
            }
        }
        var postgres = spec.target() == null ? null : spec.target().postgres();
        if (postgres != null && postgres.host() != null) {
            var server = "postgres " + host(postgres.host(), namespace) + ":"
                    + Objects.requireNonNullElse(postgres.port(), 5432) + "/";
            add(claims, "spec.target.postgres.role", server, postgres.role());
            for (var role : Objects.requireNonNullElse(postgres.roles(), List.<String>of())) {
                add(claims, "spec.target.postgres.roles", server, role);
            }
        }
        return claims;
    }

    private static void add(List<Claim> claims, String field, String server, @Nullable String role) {
        if (role != null) {
            claims.add(new Claim(field, server + role));
        }
    }

    /** One Service has several names. */
    private static String host(String host, String namespace) {
        var plain = host.toLowerCase(Locale.ROOT);
        return TargetService.of(plain, namespace)
                .map(service -> service.name() + "." + service.namespace())
                .orElse(plain);
    }
}
