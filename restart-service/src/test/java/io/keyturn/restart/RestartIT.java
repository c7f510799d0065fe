package io.keyturn.restart;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;

import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.keyturn.contract.event.RestartCompleted;
import io.keyturn.contract.event.RestartEvent;
import io.keyturn.contract.event.RestartFailed;
import io.keyturn.contract.event.RestartPlanned;
import io.keyturn.contract.event.RestartReason;
import io.keyturn.contract.event.RestartSuperseded;
import io.keyturn.contract.event.WorkloadHealthy;
import io.keyturn.contract.event.WorkloadPatched;
import io.keyturn.contract.resource.Annotations;
import io.keyturn.testbed.page.Proves;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

import static io.keyturn.restart.Shop.ASKS;
import static org.assertj.core.api.Assertions.assertThat;

/** The service against a real API server with its controllers, Kafka with ACLs in force, and PostgreSQL. */
@QuarkusTest
@QuarkusTestResource(RestartServers.class)
class RestartIT extends RestartScenario {
    @Test
    void atFirstSightContentIsAdoptedAndNobodyRolls() {
        shop.deployment("api", ASKS, "db", "PASSWORD");
        shop.changed("db", null, "PASSWORD=1");
        fence("db", "PASSWORD=1");
        assertThat(shop.generation("api")).isEqualTo(1);
        assertThat(shop.content("api")).isNull();
    }

    @Proves("I5")
    @Test
    void changedContentIsOnePatchAndIsReportedToTheEnd() {
        shop.deployment("api", ASKS, "db", "PASSWORD");
        adopted("db", "PASSWORD=1");
        shop.changed("db", null, "PASSWORD=2");
        completed(1);
        fence("db", "PASSWORD=2");
        assertThat(shop.generation("api")).isEqualTo(2);
        assertThat(shop.content("api")).matches("[0-9a-f]{32}");
        assertThat(facts.of(shop.namespace).stream().<Class<?>>map(RestartEvent::getClass))
                .containsExactly(
                        RestartPlanned.class, WorkloadPatched.class, WorkloadHealthy.class, RestartCompleted.class);
        assertThat(facts.of(shop.namespace, WorkloadPatched.class).getFirst().generation())
                .isEqualTo(2);
        assertThat(shop.current("api").getMetadata().getManagedFields())
                .anyMatch(field -> "keyturn-restart".equals(field.getManager()));
        soon().until(() -> admin.v1().events().inNamespace(shop.namespace).list().getItems().stream()
                .anyMatch(e -> "KeyturnRestart".equals(e.getReason())));
    }

    @Proves({"R23", "I5"})
    @Test
    void aRedeliveredOrOutdatedEventChangesNothing() {
        shop.deployment("api", ASKS, "db", "PASSWORD");
        var first = adopted("db", "PASSWORD=1");
        var second = shop.changed("db", null, "PASSWORD=2");
        completed(1);
        shop.send(second);
        // The same old content once more, as a new event with its old version: it must lose against what is known.
        shop.send(new io.keyturn.contract.codec.EventEnvelope(
                java.util.UUID.randomUUID(), first.source(), first.time(), first.key(), null, first.event()));
        fence("db", "PASSWORD=2");
        assertThat(shop.generation("api")).isEqualTo(2);
    }

    @Proves("I5")
    @Test
    void aKeyThatIsNotReferencedRollsNobody() {
        shop.deployment("api", ASKS, "db", "PASSWORD");
        adopted("db", "PASSWORD=1", "OTHER=1");
        shop.changed("db", null, "PASSWORD=1", "OTHER=2");
        fence("db", "PASSWORD=1", "OTHER=2");
        assertThat(shop.generation("api")).isEqualTo(1);
    }

    @Test
    void whoDoesNotAskAndWhoOptsOutIsLeftAlone() {
        shop.deployment("silent", Map.of(), "db", "PASSWORD");
        shop.deployment(
                "out", Map.of(Annotations.RESTART, "false", "reloader.stakater.com/auto", "true"), "db", "PASSWORD");
        adopted("db", "PASSWORD=1");
        shop.changed("db", null, "PASSWORD=2");
        fence("db", "PASSWORD=2");
        assertThat(shop.generation("silent")).isEqualTo(1);
        assertThat(shop.generation("out")).isEqualTo(1);
    }

    @Test
    void aPublicationThatNobodyReadsIsAnsweredToo() {
        shop.changed("db", "r1.1", "PASSWORD=1");
        var completed = completed(1).getFirst();
        assertThat(completed.rolled()).isZero();
        assertThat(completed.unaffected()).isZero();
        assertThat(completed.plan().publication()).hasToString("r1.1");
    }

    @Proves("I5")
    @Test
    void equalContentStampedAnewIsAnsweredWithoutRolling() {
        shop.deployment("api", ASKS, "db", "PASSWORD");
        adopted("db", "PASSWORD=1");
        shop.changed("db", "r1.1", "PASSWORD=2");
        completed(1);
        shop.changed("db", "r1.2", "PASSWORD=2");
        var again = completed(2).getLast();
        assertThat(again.rolled()).isZero();
        assertThat(again.unaffected()).isEqualTo(1);
        assertThat(again.plan().publication()).hasToString("r1.2");
        assertThat(shop.generation("api")).isEqualTo(2);
    }

    @Test
    void aSecretThatIsPublishedRollsItsConsumersButNeverTheTarget() {
        rotation("db", List.of("db"), "{deadline: 1m}");
        shop.create(new ServiceBuilder()
                .withNewMetadata()
                .withName("orders-db")
                .endMetadata()
                .withNewSpec()
                .addToSelector("app", "postgres")
                .addNewPort()
                .withPort(5432)
                .endPort()
                .endSpec()
                .build());
        shop.deployment("postgres", ASKS, "db", "PASSWORD");
        shop.deployment("api", Map.of(), "db");
        adopted("db", "PASSWORD=1");
        shop.changed("db", "r1.1", "PASSWORD=2");
        var completed = completed(1).getFirst();
        assertThat(completed.rolled()).isEqualTo(1);
        assertThat(completed.unaffected()).isEqualTo(1);
        assertThat(shop.generation("api")).isEqualTo(2);
        assertThat(shop.generation("postgres")).isEqualTo(1);
    }

    @Test
    void severalSecretsOfOnePublicationAreOnePlan() {
        rotation("db", List.of("one", "two"), "{deadline: 1m}");
        var template = shop.template("api", "one", "A");
        template.getSpec()
                .getContainers()
                .getFirst()
                .getEnv()
                .addAll(shop.template("api", "two", "B")
                        .getSpec()
                        .getContainers()
                        .getFirst()
                        .getEnv());
        shop.deployment("api", 0, Map.of(), template);
        adopted("one", "A=1");
        adopted("two", "B=1");
        shop.changed("one", "r1.1", "A=2");
        shop.changed("two", "r1.1", "B=2");
        assertThat(completed(1).getFirst().rolled()).isEqualTo(1);
        fenceStamped("one", "r1.1", "A=2");
        assertThat(shop.generation("api")).isEqualTo(2);
    }

    @Test
    void statefulSetsAndDaemonSetsRollToo() {
        var stateful = shop.create(new StatefulSetBuilder()
                .withNewMetadata()
                .withName("ledger")
                .withAnnotations(ASKS)
                .endMetadata()
                .withNewSpec()
                .withReplicas(0)
                .withServiceName("ledger")
                .withNewSelector()
                .addToMatchLabels("app", "ledger")
                .endSelector()
                .withTemplate(shop.template("ledger", "db", "PASSWORD"))
                .endSpec()
                .build());
        var daemon = shop.create(new DaemonSetBuilder()
                .withNewMetadata()
                .withName("agent")
                .withAnnotations(ASKS)
                .endMetadata()
                .withNewSpec()
                .withNewSelector()
                .addToMatchLabels("app", "agent")
                .endSelector()
                .withTemplate(shop.template("agent", "db", "PASSWORD"))
                .endSpec()
                .build());
        adopted("db", "PASSWORD=1");
        shop.changed("db", null, "PASSWORD=2");
        assertThat(completed(1).getFirst().rolled()).isEqualTo(2);
        assertThat(admin.resource(stateful)
                        .get()
                        .getSpec()
                        .getTemplate()
                        .getMetadata()
                        .getAnnotations())
                .containsKey(Annotations.CONTENT);
        assertThat(admin.resource(daemon)
                        .get()
                        .getSpec()
                        .getTemplate()
                        .getMetadata()
                        .getAnnotations())
                .containsKey(Annotations.CONTENT);
    }

    @Test
    void wavesRollInOrderAndNoMoreThanAllowedAtATime() {
        rotation("db", List.of("db"), "{waves: [[deployment/a, deployment/b], [deployment/c]], maxParallel: 1}");
        for (var name : List.of("a", "b", "c")) {
            shop.deployment(name, 1, Map.of(), shop.template(name, "db", "PASSWORD"));
        }
        adopted("db", "PASSWORD=1");
        shop.changed("db", "r1.1", "PASSWORD=2");
        for (int step = 0; step < 3; step++) {
            var expected = step + 1;
            soon().until(() -> patched().size() == expected);
            assertThat(patched()).isEqualTo(List.of("a", "b", "c").subList(0, expected));
            readyUntilHealthy(patched().getLast(), expected);
        }
        assertThat(completed(1).getFirst().rolled()).isEqualTo(3);
        assertThat(facts.of(shop.namespace, RestartPlanned.class).getFirst().workloads())
                .extracting(p -> p.workload().name() + p.wave())
                .containsExactly("a0", "b0", "c1");
    }

    @Test
    void atTheDeadlineThePlanFailsAndItsContentIsParkedUntilItIsPublishedAnew() {
        rotation("db", List.of("db"), "{deadline: 5s, maxParallel: 1}");
        shop.deployment("a", 1, Map.of(), shop.template("a", "db", "PASSWORD"));
        shop.deployment("b", 1, Map.of(), shop.template("b", "db", "PASSWORD"));
        adopted("db", "PASSWORD=1");
        shop.changed("db", "r1.1", "PASSWORD=2");
        soon().until(() -> !facts.of(shop.namespace, RestartFailed.class).isEmpty());
        var failed = facts.of(shop.namespace, RestartFailed.class).getFirst();
        assertThat(failed.reason()).isEqualTo(RestartReason.DEADLINE);
        assertThat(failed.workload()).extracting(w -> w.name()).isEqualTo("a");
        fenceStamped("db", "r1.1", "PASSWORD=2", "UNREAD=1");
        assertThat(shop.generation("b")).isEqualTo(1);
        assertThat(facts.of(shop.namespace, RestartCompleted.class)).isEmpty();

        deadline("db", "1m");
        shop.changed("db", "r1.2", "PASSWORD=2");
        readyUntilHealthy("a", 1);
        readyUntilHealthy("b", 2);
        assertThat(patched()).containsOnlyOnce("a").containsOnlyOnce("b");
    }

    @Test
    void newerContentTakesOverAndGoesBackOnlyWhereTheOldPlanHadBeen() {
        rotation("db", List.of("db"), "{waves: [[deployment/a], [deployment/b]]}");
        shop.deployment("a", 1, Map.of(), shop.template("a", "db", "PASSWORD"));
        shop.deployment("b", 1, Map.of(), shop.template("b", "db", "PASSWORD"));
        adopted("db", "PASSWORD=1");
        shop.changed("db", "r1.1", "PASSWORD=2");
        soon().until(() -> patched().equals(List.of("a")));
        shop.changed("db", "r1.2", "PASSWORD=1");
        soon().until(() -> patched().equals(List.of("a", "a")));
        var planned = facts.of(shop.namespace, RestartPlanned.class);
        var superseded = facts.of(shop.namespace, RestartSuperseded.class);
        assertThat(superseded).hasSize(1);
        assertThat(superseded.getFirst().plan().id())
                .isEqualTo(planned.getFirst().plan().id());
        assertThat(superseded.getFirst().by())
                .isEqualTo(planned.getLast().plan().id());
        readyUntilHealthy("a", 1);
        assertThat(completed(1).getFirst().plan().publication()).hasToString("r1.2");
        assertThat(shop.generation("b")).isEqualTo(1);
    }

    @Proves({"R37", "I5"})
    @Test
    void aPlanWhoseDriverDiedBeforeItCouldRecordThePatchIsTakenOverAndRollsNobodyTwice() throws Exception {
        shop.deployment("a", 1, ASKS, shop.template("a", "db", "PASSWORD"));
        adopted("db", "PASSWORD=1");
        var before = baseline("db");
        shop.changed("db", null, "PASSWORD=2");
        soon().until(() -> patched().equals(List.of("a")));
        var brought = baseline("db");
        forgetThePatch();
        asAVersionBeforeDecisionsHadNumbers();
        rememberInUse("db", before);
        takeOver();
        readyUntilHealthy("a", 1);
        assertThat(completed(1).getFirst().rolled()).isEqualTo(1);
        assertThat(baseline("db")).isEqualTo(brought);
        assertThat(shop.generation("a")).isEqualTo(2);
    }

    @Proves({"R37", "I5"})
    @Test
    void aPatchThatArrivedWithoutBeingRecordedIsNotRepeatedByANewerPlan() throws Exception {
        rotation("db", List.of("db"), "{maxParallel: 1}");
        shop.deployment("a", 1, Map.of(), shop.template("a", "db", "PASSWORD"));
        adopted("db", "PASSWORD=1");
        var before = baseline("db");
        shop.changed("db", "r1.1", "PASSWORD=2");
        soon().until(() -> patched().equals(List.of("a")));
        forgetThePatch();
        asAVersionBeforeDecisionsHadNumbers();
        rememberInUse("db", before);
        shop.changed("db", "r1.2", "PASSWORD=2");
        readyUntilHealthy("a", 1);
        assertThat(completed(1).getFirst().plan().publication()).hasToString("r1.2");
        assertThat(shop.generation("a")).isEqualTo(2);
    }

    private void asAVersionBeforeDecisionsHadNumbers() throws SQLException {
        change("""
                update plan_item set in_use = (select jsonb_agg(use - 'decision') from jsonb_array_elements(in_use) use)
                 where namespace = '%s'""".formatted(shop.namespace));
    }

    private void takeOver() throws SQLException {
        change("update plan set owned_until = now() where owner = 'dead' and namespace = '" + shop.namespace + "'");
    }

    @Test
    void aNewReferenceAdoptsThePresentContent() {
        shop.deployment("api", ASKS, "db", "USER");
        adopted("db", "USER=1", "PASSWORD=1");
        shop.changed("db", null, "USER=1", "PASSWORD=2");
        // The controllers write its status meanwhile.
        soon().ignoreExceptionsMatching(e -> e instanceof KubernetesClientException k && k.getCode() == 409)
                .until(() -> admin.resource(shop.current("api"))
                                .edit(it -> it.edit()
                                        .editSpec()
                                        .withTemplate(shop.template("api", "db", "USER", "PASSWORD"))
                                        .endSpec()
                                        .build())
                        != null);
        soon().until(() -> readers("db").contains("PASSWORD,USER"));
        shop.changed("db", null, "USER=1", "PASSWORD=2", "OTHER=1");
        fence("db", "USER=1", "PASSWORD=2");
        assertThat(shop.generation("api")).isEqualTo(2);
        shop.changed("db", null, "USER=1", "PASSWORD=3");
        soon().until(() -> shop.generation("api") == 3);
    }

    @Test
    void plansAndReadersCanBeAskedFor() throws Exception {
        shop.deployment("api", ASKS, "db", "PASSWORD");
        adopted("db", "PASSWORD=1");
        shop.changed("db", null, "PASSWORD=2");
        completed(1);
        assertThat(get("/restarts/plans?namespace=" + shop.namespace).body())
                .contains("\"state\":\"COMPLETED\"", "Deployment " + shop.namespace + "/api");
        assertThat(readers("db")).contains("Deployment " + shop.namespace + "/api", "\"keys\":\"PASSWORD\"");
        var refused = get("/restarts/readers?namespace=x&kind=Pod&name=y");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("\"field\":\"kind\"");
        assertThat(get("/q/health/ready").statusCode()).isEqualTo(200);
        assertThat(get("/q/metrics").body())
                .contains("keyturn_restarts_total", "keyturn_restart_latency_seconds_count", "keyturn_plans_running");
    }
}
