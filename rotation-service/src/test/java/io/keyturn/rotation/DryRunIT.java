package io.keyturn.rotation;

import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.keyturn.contract.event.Event;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.resource.SecretRotation;
import io.keyturn.contract.resource.SecretRotationStatus.DryRun;
import io.keyturn.contract.resource.SecretRotationStatus.Refusal;
import io.keyturn.contract.topic.Service;
import io.keyturn.rotation.bed.RotationBed;
import io.keyturn.rotation.bed.Scenario;
import io.keyturn.rotation.bed.Topics;
import io.keyturn.testbed.Testbed;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

/** What annotation keyturn.io/dry-run answers, and that it touches nothing, on the real servers. */
@QuarkusTest
@QuarkusTestResource(RotationBed.class)
class DryRunIT extends Scenario {
    private static final String STORE_POLICY = "sys/policies/acl/keyturn-rotation";

    /** Everything that a run would change, as it is now: versions, so that a change back and forth is seen too. */
    private record Traces(
            String secret,
            JsonNode live,
            JsonNode admin,
            List<String> pending,
            Map<String, String> roles,
            Map<String, String> rows,
            List<Event> events) {}

    @Test
    void planOfAHealthyOneIsToldAndNothingIsTouched() throws SQLException {
        var policy = adopted(
                true,
                "schedule: {every: 30d, windows: [{cron: \"0 2 * * *\", duration: 2h}]}",
                "consumers: {waves: [[deployment/orders-api]], deadline: 5m}",
                "verify: [{http: {url: \"http://checks.shop.svc:1/health\"}}]",
                "retire: {after: 1h, terminateSessions: true}");
        shop.reader();
        var before = traces(policy);

        ask("look-1");

        var answer = awaitAnswer("look-1");
        assertThat(answer.refusals()).isEmpty();
        assertThat(answer.window()).isNull();
        assertThat(answer.consumers()).containsExactly("pod/orders-api");
        assertThat(answer.steps())
                .containsExactly(
                        "Start: on request, or 30d after the last run, in the windows '0 2 * * *' (UTC) for 2h",
                        "Generated: a new value of 32 characters is made and kept privately in the store",
                        "Applied: the target accepts the new value for " + shop.roleB + "; the credential of "
                                + shop.roleA + " stays valid",
                        "Tested: a login with the new value must work",
                        "Promoted: the new value becomes the live one in spec.store",
                        "Published: the new value is written to Secret " + shop.namespace + "/orders-db",
                        "Restart, wave 1: deployment/orders-api, as far as they read it",
                        "Restart, last: all other readers, at most 1 at once",
                        "ConsumersMoved: within 5m nobody may hold or use the old value any more, and what spec.verify calls"
                                + " must answer: 1, not called now",
                        "Retired: 1h later the old value is taken away, sessions that still use it are ended, and a login"
                                + " with it must be refused",
                        "Otherwise: what fails before ConsumersMoved brings the previous value back everywhere");
        assertThat(traces(policy)).isEqualTo(before);
        assertThat(shop.find("orders").getStatus().phase()).isEqualTo("Succeeded");
    }

    @Test
    void everythingThatWouldBeRefusedIsToldAtOnceAndNothingIsTouched() throws SQLException {
        var policy = adopted(true);
        owned(shop.secret());
        Testbed.shared().postgres().execute("postgres", "drop role \"" + shop.roleB + "\"");
        shop.vault("db", shop.roleA, "not-the-password");
        patch("{\"spec\": {\"verify\": [{\"http\": {\"url\": \"http://link-local.shop.svc/\"}}]}}");
        var before = traces(policy);

        ask("look-1");

        assertThat(awaitAnswer("look-1").refusals())
                .extracting(Refusal::reason, refusal -> refusal.detail().split(":", 2)[0])
                .containsExactlyInAnyOrder(
                        tuple("INVALID_SPEC", "spec.verify[0].http.url"),
                        tuple("PUBLICATION_OWNED", "spec.publish[0]"),
                        tuple("CURRENT_REFUSED", "spec.store"),
                        tuple("ROLE_MISSING", "spec.target"));
        assertThat(traces(policy)).isEqualTo(before);
    }

    /** What a run would only meet in its middle. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "secret/data/%s/db = read",
                "secret/metadata/%s/db = create",
                "keyturn-pending/data/%s/* = read",
                "keyturn-pending/metadata/%s/* = list"
            })
    void pathOfTheStoreThatMayNotBeWrittenIsTold(String rule) throws SQLException {
        var policy = adopted(true);
        var before = traces(policy);
        var words = rule.formatted(shop.namespace).split(" = ", 2);
        var shipped = storePolicy();
        storePolicy(shipped + path(words[0], words[1]));
        try {
            ask("look-1");

            assertThat(awaitAnswer("look-1").refusals())
                    .extracting(Refusal::reason, Refusal::detail)
                    .containsExactly(tuple("STORE_REFUSED", RotationReason.STORE_REFUSED.remedy()));
        } finally {
            storePolicy(shipped);
        }
        assertThat(traces(policy)).isEqualTo(before);
    }

    @Test
    void pathWithoutAValueYetThatMayNotBeWrittenIsTold() {
        shop.secret(Map.of("user", shop.roleA, "password", shop.firstPassword));
        var shipped = storePolicy();
        storePolicy(shipped + path("secret/data/" + shop.namespace + "/db", "read", "update"));
        try {
            shop.single("orders");
            ask("look-1");

            assertThat(awaitAnswer("look-1").refusals())
                    .extracting(Refusal::reason)
                    .containsExactly("STORE_REFUSED");
        } finally {
            storePolicy(shipped);
        }
    }

    private static String path(String path, String... capabilities) {
        return "\npath \"" + path + "\" { capabilities = [\"" + String.join("\", \"", capabilities) + "\"] }\n";
    }

    private static String storePolicy() {
        return Testbed.shared()
                .openBao()
                .api()
                .read(STORE_POLICY)
                .orElseThrow()
                .at("/data/policy")
                .asText();
    }

    private static void storePolicy(String policy) {
        Testbed.shared().openBao().api().write(STORE_POLICY, Map.of("policy", policy));
    }

    @Test
    void secretThatMayNotBeWrittenIsTold() throws SQLException {
        var policy = adopted(true);
        owned(shop.secret());
        var before = traces(policy);
        permit("get", "create");
        try {
            ask("look-1");

            assertThat(awaitAnswer("look-1").refusals())
                    .extracting(Refusal::reason, refusal -> refusal.detail().split(":", 2)[0])
                    .containsExactly(
                            tuple("PUBLICATION_OWNED", "spec.publish[0]"),
                            tuple("PUBLICATION_REFUSED", "spec.publish[0]"));
        } finally {
            permit("get", "patch", "create");
        }
        assertThat(traces(policy)).isEqualTo(before);
    }

    @Test
    void secretThatMayNotBeMadeIsToldWhereThereIsNone() {
        shop.vault("db", shop.roleA, shop.firstPassword);
        permit("get", "patch");
        try {
            shop.alternating("orders");
            ask("look-1");

            assertThat(awaitAnswer("look-1").refusals())
                    .extracting(Refusal::reason)
                    .containsExactly("PUBLICATION_REFUSED");
        } finally {
            permit("get", "patch", "create");
        }
    }

    /** Nothing is known then, and nothing said: a run may succeed. */
    @Test
    void whereItMayNotAskForItsRightsNothingIsTold() {
        adopted(true);
        var shipped = storePolicy();
        storePolicy(shipped
                + path("secret/data/" + shop.namespace + "/db", "read")
                + path("sys/capabilities-self", "deny"));
        permit("get", "create");
        var asking = Testbed.shared()
                .kubernetes()
                .admin()
                .rbac()
                .clusterRoleBindings()
                .withName("system:basic-user");
        var everybody = asking.get().getSubjects();
        asking.edit(binding -> binding.edit().withSubjects().build());
        try {
            await().atMost(PATIENCE)
                    .until(() -> !isPermitted("create", "authorization.k8s.io", "selfsubjectaccessreviews"));

            ask("look-1");

            assertThat(awaitAnswer("look-1").refusals()).isEmpty();
        } finally {
            asking.edit(binding -> binding.edit().withSubjects(everybody).build());
            permit("get", "patch", "create");
            storePolicy(shipped);
        }
    }

    /** What the service may do with Secrets, once the API server knows it. */
    private void permit(String... verbs) {
        var kubernetes = Testbed.shared().kubernetes().admin();
        kubernetes
                .rbac()
                .clusterRoles()
                .withName("keyturn-rotation-publications")
                .edit(role -> {
                    role.getRules().getFirst().setVerbs(List.of(verbs));
                    return role;
                });
        await().atMost(PATIENCE)
                .until(() -> Stream.of("patch", "create")
                        .allMatch(verb -> isPermitted(verb, "", "secrets")
                                == List.of(verbs).contains(verb)));
    }

    private boolean isPermitted(String verb, String group, String resource) {
        return Testbed.shared()
                .kubernetes()
                .admin()
                .authorization()
                .v1()
                .subjectAccessReview()
                .create(new SubjectAccessReviewBuilder()
                        .withNewSpec()
                        .withUser("system:serviceaccount:keyturn-system:" + Service.ROTATION.principal())
                        .withGroups("system:authenticated")
                        .withNewResourceAttributes()
                        .withGroup(group)
                        .withNamespace(shop.namespace)
                        .withResource(resource)
                        .withVerb(verb)
                        .endResourceAttributes()
                        .endSpec()
                        .build())
                .getStatus()
                .getAllowed();
    }

    @Test
    void everyFaultOfTheSpecIsTold() {
        adopted(true);
        patch("{\"spec\": {\"store\": {\"vault\": {\"path\": \"elsewhere/db\"}}, \"target\": {\"postgres\": {\"admin\":"
                + " {\"vault\": {\"path\": \"elsewhere/admin\"}}}}}}");

        ask("look-1");

        var answer = awaitAnswer("look-1");
        assertThat(answer.steps()).isEmpty();
        assertThat(answer.refusals())
                .extracting(Refusal::reason, refusal -> refusal.detail().split(":", 2)[0])
                .containsExactlyInAnyOrder(
                        tuple("INVALID_SPEC", "spec.store.vault.path"),
                        tuple("INVALID_SPEC", "spec.target.postgres.admin.vault.path"));
    }

    @Test
    void olderOneForTheSameCredentialIsTold() {
        shop.vault("db", shop.roleA, shop.firstPassword);
        var older = Instant.parse(shop.alternating("older").getMetadata().getCreationTimestamp());
        await().until(() -> Instant.now().isAfter(older.plusSeconds(1)));
        shop.alternating("orders");

        ask("look-1");

        assertThat(awaitAnswer("look-1").refusals()).singleElement().satisfies(refusal -> {
            assertThat(refusal.reason()).isEqualTo("CREDENTIAL_TAKEN");
            assertThat(refusal.detail()).contains("SecretRotation older is older");
        });
    }

    @Test
    void targetThatDoesNotAnswerIsARefusalAndTheRestIsAnswered() {
        adopted(false);
        shop.reader();
        patch("{\"spec\": {\"target\": {\"postgres\": {\"port\": 1}}}}");

        ask("look-1");

        var answer = awaitAnswer("look-1");
        assertThat(answer.refusals()).extracting(Refusal::reason).containsExactly("TARGET_UNREACHABLE");
        assertThat(answer.refusals().getFirst().detail()).contains("check host, port, TLS mode");
        assertThat(answer.consumers()).containsExactly("pod/orders-api");
        assertThat(answer.window()).contains("refuses logins with the old value");
    }

    @Test
    void newTokenAnswersAnewAndRemovalTakesTheAnswerAway() {
        var policy = adopted(false);
        ask("look-1");
        var first = awaitAnswer("look-1");
        assertThat(first.refusals()).isEmpty();
        assertThat(first.window()).contains("from Applied on it refuses logins with the old value");
        owned(shop.secret());

        ask("look-2");
        assertThat(awaitAnswer("look-2").refusals()).extracting(Refusal::reason).containsExactly("PUBLICATION_OWNED");

        patch("{\"metadata\": {\"annotations\": {\"keyturn.io/dry-run\": null}}}");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(answerNow()).isNull());
        assertThat(requireNonNull(shop.find("orders").getStatus().lastRotation())
                        .id())
                .isEqualTo(last(policy).value());
    }

    @Test
    void answerStaysWhileRunsGoOn() throws SQLException {
        var policy = adopted(true);
        ask("look-1");
        var answer = awaitAnswer("look-1");
        var before = traces(policy);
        var run = newRun();

        state(policy, run, last(policy), null);

        awaitOutcome("Succeeded", run);
        assertThat(answerNow()).isEqualTo(answer);
        // So that what the other tests find unchanged is what a run does change.
        var after = traces(policy);
        assertThat(after.secret()).isNotEqualTo(before.secret());
        assertThat(after.live()).isNotEqualTo(before.live());
        assertThat(after.roles()).isNotEqualTo(before.roles());
        assertThat(after.rows()).isNotEqualTo(before.rows());
        assertThat(after.events()).isNotEqualTo(before.events());
    }

    private void ask(String token) {
        patch("{\"metadata\": {\"annotations\": {\"keyturn.io/dry-run\": \"" + token + "\"}}}");
    }

    private DryRun awaitAnswer(String token) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(answerNow())
                        .isNotNull()
                        .satisfies(answer ->
                                assertThat(requireNonNull(answer).token()).isEqualTo(token)));
        return requireNonNull(answerNow());
    }

    private @Nullable DryRun answerNow() {
        var status = shop.find("orders").getStatus();
        return status == null ? null : status.dryRun();
    }

    /** As if another controller had made it. */
    private static void owned(Secret secret) {
        Testbed.shared()
                .kubernetes()
                .admin()
                .resource(secret)
                .edit(s -> new SecretBuilder(s)
                        .editMetadata()
                        .addToAnnotations("meta.helm.sh/release-name", "orders")
                        .endMetadata()
                        .build());
    }

    private Traces traces(SecretRotation policy) throws SQLException {
        return new Traces(
                shop.secret().getMetadata().getResourceVersion(),
                metadata("db"),
                metadata("db-admin"),
                shop.keptRuns("orders"),
                shop.roles(),
                rows(policy),
                Topics.about(policy.ref()));
    }

    private JsonNode metadata(String name) {
        return Testbed.shared()
                .openBao()
                .api()
                .read("secret/metadata/" + shop.namespace + "/" + name)
                .orElseThrow()
                .get("data");
    }

    /** Row versions of the runs. */
    private static Map<String, String> rows(SecretRotation policy) throws SQLException {
        var found = new TreeMap<String, String>();
        try (var connection = Testbed.shared().postgres().connect(RotationBed.DATABASE);
                var statement =
                        connection.prepareStatement("select id, xmin::text from rotation where policy_uid = ?")) {
            statement.setString(1, policy.getMetadata().getUid());
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.put(rows.getString(1), rows.getString(2));
                }
            }
        }
        return found;
    }
}
