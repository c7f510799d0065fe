package io.keyturn.system.deploy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.keyturn.contract.resource.Annotations;
import io.keyturn.testbed.kubernetes.KubernetesServer;
import io.keyturn.testbed.kubernetes.Person;
import io.keyturn.testbed.process.Tools;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * An API server with the policy of {@code deploy/admission} in force, and those who write SecretRotations there. All of them are
 * users of its own, by token; nobody is impersonated. It is not the shared one: no service of Keyturn writes in between.
 */
final class NamesBed implements AutoCloseable {
    /** One bed for all classes that ask for it, which differ in the names of their objects; it is closed after the last test. */
    static final class Lent implements ParameterResolver {
        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == NamesBed.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return context.getRoot().getStore(ExtensionContext.Namespace.GLOBAL).getOrComputeIfAbsent(NamesBed.class);
        }
    }

    static final String NAMESPACE = "names";
    private static final Path DEPLOY = Tools.repository().resolve("deploy");
    private static final Path PEOPLE = Tools.repository().resolve("system-tests/src/test/resources/names/people.yaml");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    final KubernetesServer server = KubernetesServer.start();
    /** Of system:masters, who has every right. */
    final Writer admin = new Writer("admin", server.admin(), NAMESPACE);
    /** Has what ClusterRole keyturn-approver gives, and nothing else. */
    final Writer approver;
    /** May do everything with SecretRotations but approve, except for {@code the-one}. */
    final Writer editor;
    /** A ServiceAccount that may do both. */
    final Writer releases;

    /** Installs all of it, and waits until it counts. */
    NamesBed() {
        server.apply(DEPLOY.resolve("crds"));
        server.apply(DEPLOY.resolve("rbac/namespace.yaml"));
        server.apply(DEPLOY.resolve("rbac"));
        server.apply(DEPLOY.resolve("admission"));
        server.createNamespace(NAMESPACE);
        server.apply(PEOPLE);
        approver = new Writer(Person.JANE.user(), server.clientFor(Person.JANE), NAMESPACE);
        editor = new Writer(Person.JOHN.user(), server.clientFor(Person.JOHN), NAMESPACE);
        releases =
                new Writer("system:serviceaccount:names:releases", server.clientFor(NAMESPACE, "releases"), NAMESPACE);
        awaitPolicy();
        awaitRight(approver, "approve", "any");
        awaitRight(approver, "patch", "any");
        awaitRight(editor, "patch", "any");
        awaitRight(editor, "approve", "the-one");
        awaitRight(releases, "create", "any");
        awaitRight(releases, "approve", "any");
    }

    /** That the policy refuses this request, with this code, in a message that says all this. */
    static void assertRefused(int code, ThrowingCallable request, String... said) {
        assertThatThrownBy(request).isInstanceOfSatisfying(KubernetesClientException.class, refusal -> {
            assertThat(refusal.getCode()).isEqualTo(code);
            assertThat(refusal.getStatus().getMessage())
                    .contains("ValidatingAdmissionPolicy 'keyturn-names' with binding 'keyturn-names' denied request")
                    .contains(said);
        });
    }

    @Override
    public void close() {
        approver.client().close();
        editor.client().close();
        releases.client().close();
        server.close();
    }

    /** The API server takes a moment to act on a new policy: it counts when it refuses what nobody may do. */
    private void awaitPolicy() {
        await("the policy is in force")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertRefused(
                        403,
                        () -> admin.wouldCreate("forged", Map.of(Annotations.APPROVED_BY, "nobody")),
                        Annotations.APPROVED_BY));
    }

    private void awaitRight(Writer writer, String verb, String name) {
        var review = new SubjectAccessReviewBuilder()
                .withNewSpec()
                .withUser(writer.user())
                .withNewResourceAttributes()
                .withNamespace(NAMESPACE)
                .withGroup("keyturn.io")
                .withResource("secretrotations")
                .withName(name)
                .withVerb(verb)
                .endResourceAttributes()
                .endSpec()
                .build();
        await(writer.user() + " may " + verb)
                .atMost(PATIENCE)
                .until(() -> server.admin()
                        .authorization()
                        .v1()
                        .subjectAccessReview()
                        .create(review)
                        .getStatus()
                        .getAllowed());
    }
}
