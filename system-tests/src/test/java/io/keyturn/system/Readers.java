package io.keyturn.system;

import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.event.SecretChanged;
import io.keyturn.contract.event.WorkloadPatched;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.testbed.kubernetes.TestObjects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A namespace with some Secrets, each read by one Deployment that asks to be rolled and has no pods. */
final class Readers {
    private final String namespace;
    private final List<String> names;
    private int value;
    private int rounds;
    private Map<String, Long> before = Map.of();

    Readers(String namespace, int number) {
        this.namespace = namespace;
        this.names = IntStream.range(0, number).mapToObj(i -> "reader-" + i).toList();
    }

    String namespace() {
        return namespace;
    }

    Set<ObjectRef> secrets() {
        return names.stream().map(name -> ObjectRef.secret(namespace, name)).collect(Collectors.toSet());
    }

    /** Returns when restart-service has remembered what each Deployment has in use. */
    void create() {
        Keyturn.testbed().kubernetes().createNamespace(namespace);
        names.forEach(this::create);
        begin();
    }

    private void create(String name) {
        cluster()
                .resource(TestObjects.secret(namespace, name, "VALUE", value(name)))
                .create();
        TestObjects.deployment(cluster(), namespace, name, name);
    }

    /** Waits for rest and counts rounds from here on. */
    void begin() {
        awaitStated();
        awaitAtRest();
        rounds = 0;
        before = names.stream().collect(Collectors.toMap(name -> name, this::generation));
    }

    /** Every Secret gets another value, one after the other. */
    void changeAll() {
        value++;
        rounds++;
        names.forEach(name -> cluster()
                .secrets()
                .inNamespace(namespace)
                .withName(name)
                .edit(secret -> {
                    secret.setStringData(Map.of("VALUE", value(name)));
                    return secret;
                }));
    }

    private String value(String name) {
        return name + value;
    }

    /** Every Deployment was rolled once per round: its generation counts changes of its template. */
    void awaitPatched() {
        await("all patched")
                .atMost(Scenario.PATIENCE)
                .until(() -> names.stream().allMatch(name -> generation(name) >= before(name) + rounds));
    }

    boolean patchedAsOftenAs(int times) {
        return names.stream().allMatch(name -> generation(name) == before(name) + times);
    }

    void assertOnePatchPerRound() {
        for (var name : names) {
            var last = name + " " + (before(name) + rounds);
            await("the last patch is on the topic")
                    .atMost(Scenario.PATIENCE)
                    .until(() -> patches().contains(last));
        }
        assertThat(patchedAsOftenAs(rounds)).isTrue();
        assertThat(patches()).doesNotHaveDuplicates();
    }

    private long before(String name) {
        return Objects.requireNonNull(before.get(name));
    }

    private long generation(String name) {
        return Objects.requireNonNull(cluster()
                        .apps()
                        .deployments()
                        .inNamespace(namespace)
                        .withName(name)
                        .get())
                .getMetadata()
                .getGeneration();
    }

    /** A killed instance's successor may send a fact once more, with the same id: every reader knows it. */
    private List<String> patches() {
        var ids = new HashSet<UUID>();
        return Keyturn.facts().about(namespace).stream()
                .filter(envelope -> ids.add(envelope.id()))
                .map(EventEnvelope::event)
                .filter(WorkloadPatched.class::isInstance)
                .map(WorkloadPatched.class::cast)
                .map(patched -> patched.workload().name() + " " + patched.generation())
                .toList();
    }

    /** Waits until the present version of every Secret is stated. */
    void awaitStated() {
        var present = names.stream()
                .map(name -> name + " "
                        + cluster()
                                .secrets()
                                .inNamespace(namespace)
                                .withName(name)
                                .get()
                                .getMetadata()
                                .getResourceVersion())
                .toList();
        await("stated").atMost(Scenario.PATIENCE).until(() -> versionsStated().containsAll(present));
    }

    List<String> versionsStated() {
        return Keyturn.facts().of(namespace, SecretChanged.class).stream()
                .filter(changed -> names.contains(changed.about().name()))
                .map(changed -> changed.about().name() + " " + changed.resourceVersion())
                .toList();
    }

    /** Waits until restart-service remembers the present content of every Secret as in use, and no plan runs. */
    void awaitAtRest() {
        await("at rest")
                .atMost(Scenario.PATIENCE)
                .until(() -> number("""
                select count(*) from baseline b join object_content c using (object)
                 where b.content = c.fingerprints and object like 'Secret/%s/%%'
                   and not exists (select from plan where namespace = '%s' and state = 'RUNNING')
                """.formatted(namespace, namespace)) == names.size());
    }

    /** How many instances made the plans of this namespace. */
    int planners() {
        return number("select count(distinct owner) from plan where namespace = '" + namespace + "'");
    }

    private static int number(String query) {
        try (var connection = Keyturn.testbed().postgres().connect("keyturn-restart");
                var statement = connection.createStatement();
                var rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getInt(1);
        } catch (SQLException e) {
            throw new IllegalStateException("SQLSTATE " + e.getSQLState(), e);
        }
    }

    private static KubernetesClient cluster() {
        return Keyturn.testbed().kubernetes().admin();
    }
}
