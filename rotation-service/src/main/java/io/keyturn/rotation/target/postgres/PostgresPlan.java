package io.keyturn.rotation.target.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.keyturn.contract.resource.PostgresTarget;
import io.keyturn.contract.resource.PostgresTarget.Bootstrap;
import io.keyturn.contract.resource.PostgresTarget.Strategy;
import io.keyturn.contract.resource.PostgresTarget.TlsMode;
import io.keyturn.contract.resource.SecretRotationSpec;
import io.keyturn.contract.resource.TargetService;
import io.keyturn.rotation.policy.Claim;
import io.keyturn.rotation.policy.Fault;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNullElse;

/**
 * The postgres branch of a SecretRotation, read and defaulted.
 *
 * @param owner the NOLOGIN role that owns the objects; null with SingleRole
 * @param roles the login roles in turn: two, or the one of SingleRole
 * @param admin where the credential lies that may alter them
 */
record PostgresPlan(
        String host,
        int port,
        String database,
        Strategy strategy,
        @Nullable String owner,
        List<String> roles,
        boolean create,
        SecretRotationSpec.Store admin,
        TlsMode tls,
        @Nullable String caBundle) {

    /** The driver reads host and database out of a URL, where anything else could set its options. */
    private static final Pattern HOST =
            Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?|(?=.*:.*:)[0-9A-Fa-f:]+");

    private static final Pattern DATABASE = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.$-]{0,62}");
    private static final Pattern ROLE = Pattern.compile("[A-Za-z0-9_.@$-]{1,63}");

    static final Set<String> ATTRIBUTES = Set.of("host", "port", "database");

    Map<String, String> attributes() {
        return Map.of("host", host, "port", String.valueOf(port), "database", database);
    }

    /** The roles that the branch names, each of its server. */
    static List<Claim> claims(String namespace, PostgresTarget spec) {
        if (spec.host() == null) {
            return List.of();
        }
        var server = "postgres " + server(spec.host(), namespace) + ":" + requireNonNullElse(spec.port(), 5432) + "/";
        return Stream.concat(
                        Stream.ofNullable(spec.role())
                                .map(role -> new Claim("spec.target.postgres.role", server + role)),
                        requireNonNullElse(spec.roles(), List.<String>of()).stream()
                                .map(role -> new Claim("spec.target.postgres.roles", server + role)))
                .toList();
    }

    /** One Service has several names. */
    private static String server(String host, String namespace) {
        var plain = host.toLowerCase(Locale.ROOT);
        return TargetService.of(plain, namespace)
                .map(service -> service.name() + "." + service.namespace())
                .orElse(plain);
    }

    static PostgresPlan of(PostgresTarget spec) {
        var strategy = requireNonNullElse(spec.strategy(), Strategy.AlternatingRoles);
        var alternating = strategy == Strategy.AlternatingRoles;
        var tls = spec.tls();
        return new PostgresPlan(
                requireNonNullElse(spec.host(), ""),
                requireNonNullElse(spec.port(), 5432),
                requireNonNullElse(spec.database(), ""),
                strategy,
                alternating ? spec.owner() : null,
                alternating
                        ? requireNonNullElse(spec.roles(), List.of())
                        : spec.role() == null ? List.of() : List.of(spec.role()),
                spec.bootstrap() == Bootstrap.Create,
                new SecretRotationSpec.Store(
                        spec.admin() == null ? null : spec.admin().vault()),
                tls == null ? TlsMode.verifyFull : requireNonNullElse(tls.mode(), TlsMode.verifyFull),
                tls == null ? null : tls.caBundle());
    }

    /** Everything wrong with the branch but for the place of the admin credential. */
    List<Fault> faults(PostgresTarget spec) {
        var faults = new ArrayList<Fault>();
        var field = "spec.target.postgres";
        require(
                faults,
                HOST.matcher(host).matches(),
                field + ".host",
                "name the server by host name or address, without port or scheme");
        require(faults, port > 0 && port < 65536, field + ".port", "must be 1..65535");
        require(
                faults,
                DATABASE.matcher(database).matches(),
                field + ".database",
                "name the database in letters, digits, '_', '.', '$' and '-'");
        if (strategy == Strategy.AlternatingRoles) {
            require(
                    faults,
                    owner != null,
                    field + ".owner",
                    "AlternatingRoles needs the NOLOGIN role that owns the objects");
            require(
                    faults,
                    roles.size() == 2 && !roles.getFirst().equals(roles.getLast()) && !roles.contains(owner),
                    field + ".roles",
                    "AlternatingRoles needs two different login roles, neither of them the owner");
            require(faults, spec.role() == null, field + ".role", "belongs to SingleRole; remove it");
        } else {
            require(faults, roles.size() == 1, field + ".role", "SingleRole needs the login role");
            require(
                    faults,
                    spec.roles() == null && spec.owner() == null,
                    field + ".roles",
                    "roles and owner belong to AlternatingRoles; remove them");
        }
        for (var role : roles) {
            require(
                    faults,
                    ROLE.matcher(role).matches(),
                    field + (strategy == Strategy.AlternatingRoles ? ".roles" : ".role"),
                    "name roles in letters, digits, '_', '.', '@', '$' and '-'");
        }
        require(
                faults,
                caBundle == null || AuthoritiesFactory.isBundle(caBundle),
                field + ".tls.caBundle",
                "no certificate can be read in it; paste the authority's PEM, such as the ca.crt of the operator that signed"
                        + " the server's certificate, or leave it out if Java trusts that anyway");
        return faults;
    }

    private static void require(List<Fault> faults, boolean holds, String field, String fix) {
        if (!holds) {
            faults.add(new Fault(field, fix));
        }
    }
}
