package io.keyturn.rotation.bed;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.resource.SecretRotation;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.process.RandomText;

/** A namespace with a database, its credentials in Vault, a Secret and a SecretRotation; each test has its own. */
public final class Shop {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    public final String namespace = "shop-" + NUMBER.incrementAndGet();
    public final String owner = namespace + "-owner";
    public final String roleA = namespace + "-a";
    public final String roleB = namespace + "-b";
    public final String adminRole = namespace + "-admin";
    public final String firstPassword = RandomText.ofLength(24);
    public final String adminPassword = RandomText.ofLength(24);

    private final Testbed bed = Testbed.shared();
    private int port = bed.postgres().port();

    /** Database, roles and the admin credential; a live value in Vault and the Secret are made by the test. */
    public Shop() {
        bed.kubernetes().createNamespace(namespace);
        bed.postgres()
                .execute(
                        "postgres",
                        "create role \"" + owner + "\" nologin",
                        "create role \"" + adminRole + "\" login createrole password '" + adminPassword + "'",
                        "create role \"" + roleA + "\" login password '" + firstPassword + "' in role \"" + owner
                                + "\"",
                        "create role \"" + roleB + "\" nologin in role \"" + owner + "\"",
                        "grant \"" + roleA + "\", \"" + roleB + "\" to \"" + adminRole + "\" with admin option",
                        "grant pg_read_all_stats, pg_signal_backend to \"" + adminRole + "\"",
                        "create database \"" + namespace + "\" owner \"" + owner + "\"");
        vault("db-admin", adminRole, adminPassword);
    }

    /** From now on SecretRotations reach the database through that port of this machine. */
    public void behind(int otherPort) {
        port = otherPort;
    }

    /** Leaves the first value in the pending mount, as a run of an earlier claim keeps it under that name. */
    public void leaveFirstValue(RotationId run, String name) {
        bed.openBao()
                .api()
                .writeSecret(
                        "keyturn-pending",
                        namespace + "/orders/" + run + "/" + name,
                        Map.of("username", roleA, "password", firstPassword));
    }

    /** Puts a credential at a path of the namespace. */
    public void vault(String name, String username, String password) {
        bed.openBao()
                .api()
                .writeSecret("secret", namespace + "/" + name, Map.of("username", username, "password", password));
    }

    /** The live value. */
    public JsonNode live() {
        return bed.openBao().api().readSecret("secret", namespace + "/db").orElseThrow();
    }

    public long liveVersion() {
        return bed.openBao()
                .api()
                .read("secret/metadata/" + namespace + "/db")
                .orElseThrow()
                .at("/data/current_version")
                .asLong();
    }

    public List<String> keptRuns(String policy) {
        return bed.openBao().api().list("keyturn-pending/metadata/" + namespace + "/" + policy);
    }

    /** A Secret with some content of ours and a key of somebody else's. */
    public Secret secret(Map<String, String> content) {
        var all = new HashMap<>(content);
        all.put("theirs", "left alone");
        return bed.kubernetes()
                .admin()
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName("orders-db")
                        .endMetadata()
                        .withStringData(all)
                        .build())
                .create();
    }

    public Secret secret() {
        return bed.kubernetes()
                .admin()
                .secrets()
                .inNamespace(namespace)
                .withName("orders-db")
                .get();
    }

    /** Somebody else writes what is published. */
    public void publish(String user, String password) {
        var url = "postgresql://%s:%s@localhost:%d/%s"
                .formatted(user, password, bed.postgres().port(), namespace);
        bed.kubernetes()
                .admin()
                .resource(secret())
                .edit(secret -> new SecretBuilder(secret)
                        .addToStringData(Map.of("user", user, "password", password, "URL", url))
                        .build());
    }

    public SecretRotation alternating(String name, String... more) {
        return create(name, alternatingTarget(), "db", more);
    }

    public String alternatingTarget() {
        return """
                      strategy: AlternatingRoles
                      owner: %s
                      roles: [%s, %s]
                """.formatted(owner, roleA, roleB);
    }

    /** What a key of the Secret holds. */
    public String published(String key) {
        return text(secret(), key);
    }

    /** What a key of such a Secret holds. */
    public static String text(Secret secret, String key) {
        return new String(Base64.getDecoder().decode(secret.getData().get(key)), StandardCharsets.UTF_8);
    }

    public SecretRotation single(String name, String... more) {
        return create(name, """
                      strategy: SingleRole
                      role: %s
                """.formatted(roleA), "db", more);
    }

    /** Creates a SecretRotation; further lines belong to the spec. */
    public SecretRotation create(String name, String target, String path, String... more) {
        bed.kubernetes().admin().resource(yaml(name, target, path, more)).create();
        return find(name);
    }

    /** What {@link #create} creates. It is looked at for drift once a year only, unless the test says when: a look in between starts a run. */
    public String yaml(String name, String target, String path, String... more) {
        var own = String.join("\n", more);
        return """
                apiVersion: keyturn.io/v1alpha1
                kind: SecretRotation
                metadata: {name: %s, namespace: %s}
                spec:
                  target:
                    postgres:
                      host: localhost
                      port: %d
                      database: %s
                      admin: {vault: {path: %s/db-admin}}
                      tls: {mode: disable}
                %s  store: {vault: {path: %s}}
                  publish:
                    - secret:
                        name: orders-db
                        data:
                          URL: "postgresql://{username:uri}:{password:uri}@{host}:{port}/{database}"
                          user: "{username}"
                          password: "{password}"
                %s
                """.formatted(
                        name,
                        namespace,
                        port,
                        namespace,
                        namespace,
                        target,
                        path.contains("/") ? path : namespace + "/" + path,
                        (own.contains("driftCheck:") ? own : own + "\ndriftCheck: {every: 8760h}").indent(2));
    }

    public SecretRotation find(String name) {
        return bed.kubernetes()
                .admin()
                .resources(SecretRotation.class)
                .inNamespace(namespace)
                .withName(name)
                .get();
    }

    /** Whether this login works at the database. */
    public boolean accepts(String user, String password) {
        try (var connection = bed.postgres().connect(namespace, user, password)) {
            return connection.isValid(5);
        } catch (java.sql.SQLException e) {
            return false;
        }
    }

    /** Row versions of the roles, and what is noted at them: what changed, if only back and forth. */
    public Map<String, String> roles() {
        var roles = new HashMap<String, String>();
        try (var connection = bed.postgres().connect("postgres");
                var statement = connection.createStatement();
                var rows = statement.executeQuery("""
                        select rolname, a.xmin::text || ' ' || coalesce(d.xmin::text || ' ' || d.description, '')
                          from pg_authid a left join pg_shdescription d on d.objoid = a.oid
                         where starts_with(rolname, '%s-')
                        """.formatted(namespace))) {
            while (rows.next()) {
                roles.put(rows.getString(1), rows.getString(2));
            }
        } catch (java.sql.SQLException e) {
            throw new IllegalStateException("SQLSTATE " + e.getSQLState(), e);
        }
        return roles;
    }

    /** A pod that reads the published Secret and has no owner: nobody rolls it. */
    public Pod reader() {
        return reader("orders-api");
    }

    /** Ends a pod at once, since there is no kubelet that would. */
    public void end(Pod pod) {
        bed.kubernetes().admin().resource(pod).withGracePeriod(0).delete();
    }

    public Pod reader(String name) {
        return Testbed.shared()
                .kubernetes()
                .admin()
                .resource(new PodBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName(name)
                        .endMetadata()
                        .withNewSpec()
                        .withNodeName("node-1")
                        .addNewContainer()
                        .withName("api")
                        .withImage("orders")
                        .addNewEnvFrom()
                        .withNewSecretRef("orders-db", false)
                        .endEnvFrom()
                        .endContainer()
                        .endSpec()
                        .build())
                .create();
    }
}
