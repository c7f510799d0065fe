package io.keyturn.rotation.publication.kubernetes;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import jakarta.inject.Inject;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.contract.resource.Annotations;
import io.keyturn.contract.resource.SecretRotationSpec.Publication;
import io.keyturn.rotation.bed.Policies;
import io.keyturn.rotation.bed.RotationBed;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.publication.Publisher;
import io.keyturn.rotation.publication.Publisher.Replaceable;
import io.keyturn.rotation.publication.Publisher.Writer;
import io.keyturn.rotation.publication.PublisherConformance;
import io.keyturn.testbed.Testbed;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** As ServiceAccount keyturn-rotation, with the roles of deploy/rbac. */
@QuarkusTest
@QuarkusTestResource(RotationBed.class)
class SecretPublisherIT extends PublisherConformance {
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final Map<String, String> TEMPLATES =
            Map.of("URL", "pg://{username:uri}:{password:uri}@{host}", "password", "{password}");

    @Inject
    SecretPublisher publisher;

    private final String namespace = "publish-" + NUMBER.incrementAndGet();

    @BeforeEach
    void createNamespace() {
        Testbed.shared().kubernetes().createNamespace(namespace);
    }

    @Override
    protected Publisher publisher() {
        return publisher;
    }

    @Override
    protected RotationPolicy policy() {
        return Policies.policy(namespace, namespace + "/db", TEMPLATES);
    }

    @Override
    protected Map.Entry<Publication, String> faulty() {
        return Map.entry(Policies.secret(Map.of("password", "{passwort}")), "secret.data.password");
    }

    @Override
    protected Map<String, String> content() {
        var content = new HashMap<String, String>();
        secret().getData()
                .forEach((key, value) ->
                        content.put(key, new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8)));
        return content;
    }

    @Override
    protected void write(Map<String, String> content) {
        if (secret() == null) {
            create(new SecretBuilder().withStringData(content));
        } else {
            Testbed.shared()
                    .kubernetes()
                    .admin()
                    .resource(secret())
                    .edit(secret ->
                            new SecretBuilder(secret).addToStringData(content).build());
        }
    }

    @Override
    protected String version() {
        return secret().getMetadata().getResourceVersion();
    }

    @Test
    void contentAndStampAreOneWriteDatedByTheServer() {
        write(Map.of("URL", "old"));
        var before = Instant.now().minusSeconds(2);

        var written = publish(first(), 1);

        var secret = secret();
        assertThat(secret.getMetadata().getAnnotations())
                .isEqualTo(Map.of(Annotations.PUBLICATION, run() + ".1", Annotations.FENCE, "1"));
        assertThat(content()).containsEntry("password", "first value");
        var ours = secret.getMetadata().getManagedFields().stream()
                .filter(f -> "keyturn-rotation".equals(f.getManager()))
                .toList();
        assertThat(ours)
                .singleElement()
                .satisfies(entry -> assertThat(Instant.parse(entry.getTime())).isEqualTo(written.at()));
        assertThat(written.at()).isBetween(before, Instant.now().plusSeconds(1));
    }

    /** Readers that started in between hold the published value: whoever asks later has to count them. */
    @Test
    void publicationIsAsOldAsItIsWhateverIsWrittenOverItLater() {
        var first = publish(first(), 1);
        await().until(() -> Instant.now().isAfter(first.at().plusSeconds(1)));
        write(Map.of("password", "somebody else's"));

        var again = publish(first(), 1);

        assertThat(again.at()).isEqualTo(first.at());
        assertThat(again.by()).isEqualTo(Writer.EARLIER_CALL);
    }

    /** Such as a controller that puts back what it was told to keep: who has started meanwhile holds that. */
    @Test
    void secondWriteIsToldFromASecondStamp() {
        var both = new Replaceable(List.of(first(), second()), true);
        publishAs(policy(), "before", first(), both);
        var before = content();
        assertThat(publishAs(policy(), "run", second(), both).by()).isEqualTo(Writer.THIS_CALL);

        assertThat(publishAs(policy(), "again", second(), both).by()).isEqualTo(Writer.THIS_STAMP);

        write(before);
        assertThat(publishAs(policy(), "third", second(), both).by()).isEqualTo(Writer.THIS_CALL);
        assertThat(content()).containsEntry("password", "second/value %");
    }

    @Test
    void publicationIsAsOldAsItIsWhoeverIsFencedOutLater() {
        var first = publish(first(), 1);
        await().until(() -> Instant.now().isAfter(first.at().plusSeconds(1)));

        publisher.fence(policy(), policy().publish().getFirst(), 9);

        assertThat(secret().getMetadata().getAnnotations()).containsEntry(Annotations.FENCE, "9");
        assertThat(publish(first(), 1).at()).isEqualTo(first.at());
    }

    /** Such a number is of a clock that was wrong, or written by hand. */
    @Test
    void fenceThatLiesYearsAheadIsReplaced() {
        create(new SecretBuilder()
                .withNewMetadata()
                .addToAnnotations(Annotations.FENCE, "9000000000000000000")
                .endMetadata());

        publisher.fence(policy(), policy().publish().getFirst(), 9);

        assertThat(secret().getMetadata().getAnnotations()).containsEntry(Annotations.FENCE, "9");
    }

    /** The API server notes who owns which field before it makes data of that, so it goes on to call the data ours. */
    @Test
    void whatAPersonAppliesAsTextIsAnEdit() {
        publish(first(), 1);
        var edit = new SecretBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName("orders-db")
                .endMetadata()
                .withStringData(Map.of("password", "theirs"))
                .build();
        Testbed.shared()
                .kubernetes()
                .admin()
                .resource(edit)
                .fieldManager("somebody")
                .forceConflicts()
                .serverSideApply();
        assertThat(content()).containsEntry("password", "theirs");

        var outcome = publishAgain("another", new Replaceable(List.of(first(), second()), true));

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Done.class,
                        done -> assertThat(((Publisher.Written) done.value()).by())
                                .isEqualTo(Writer.STRANGER));
        assertThat(content()).containsEntry("password", "theirs");
    }

    /** Nobody takes over a key that he gives the value it has: it stays of who made the Secret. */
    @Test
    void secretThatAPersonHasMadeIsOursOnceItWasPublishedThere() {
        var policy = Policies.policy(namespace, namespace + "/db", Map.of("host", "{host}", "password", "{password}"));
        write(Map.of("host", "db", "password", "old"));
        publishAs(policy, "one", first(), new Replaceable(List.of(first()), false));

        var written = publishAs(policy, "another", second(), new Replaceable(List.of(second()), true));

        assertThat(written.by()).isEqualTo(Writer.THIS_CALL);
        assertThat(content()).isEqualTo(Map.of("host", "db", "password", "second/value %"));
        write(Map.of("host", "elsewhere"));
        assertThat(publishAs(policy, "third", first(), new Replaceable(List.of(first()), true))
                        .by())
                .isEqualTo(Writer.STRANGER);
    }

    private Publisher.Written publishAs(
            RotationPolicy policy, String run, Credential credential, Replaceable replaceable) {
        var stamp = new Publisher.Stamp(new PublicationId(run + ".1"), 1, null);
        var outcome = publisher.publish(
                policy, policy.publish().getFirst(), credential, Map.of("host", "db"), stamp, replaceable);
        assertThat(outcome).isInstanceOf(Outcome.Done.class);
        return ((Outcome.Done<Publisher.Written>) outcome).value();
    }

    /** What belongs to somebody else, or takes nothing, is let be: nobody publishes there. */
    @Test
    void secretOfSomebodyElseIsNotFenced() {
        create(new SecretBuilder()
                .withNewMetadata()
                .addToLabels("app.kubernetes.io/managed-by", "Helm")
                .endMetadata());
        var version = version();

        assertThat(publisher.fence(policy(), policy().publish().getFirst(), 9)).isEqualTo(Outcome.done());

        assertThat(version()).isEqualTo(version);
    }

    /** Where the database of the runs has lost the whole run, that makes a value once more, and publishes it under the same id. */
    @Test
    void runThatBeginsAnewWritesOverTheOlderValue() {
        publish(first(), 1);

        var again = publish(second(), 1);

        assertThat(again.by()).isEqualTo(Writer.THIS_CALL);
        assertThat(content()).containsEntry("password", "second/value %");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "reconcile.external-secrets.io/managed=true",
                "cnpg.io/cluster=db",
                "kustomize.toolkit.fluxcd.io/name=apps",
                "helm.toolkit.fluxcd.io/name=apps",
                "argocd.argoproj.io/instance=apps",
                "app.kubernetes.io/managed-by=Helm"
            })
    void secretThatALabelGivesToSomebodyElseIsRefused(String label) {
        create(new SecretBuilder()
                .withNewMetadata()
                .addToLabels(label.split("=")[0], label.split("=")[1])
                .endMetadata());
        assertOwned();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "argocd.argoproj.io/tracking-id",
                "meta.helm.sh/release-name",
                "reflector.v1.k8s.emberstack.com/reflects",
                "cert-manager.io/certificate-name"
            })
    void secretThatAnAnnotationGivesToSomebodyElseIsRefused(String annotation) {
        create(new SecretBuilder()
                .withNewMetadata()
                .addToAnnotations(annotation, "x")
                .endMetadata());
        assertOwned();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sealedsecrets.bitnami.com/patch", "sealedsecrets.bitnami.com/managed"})
    void secretThatSealedSecretsMayWriteIntoIsRefused(String annotation) {
        create(new SecretBuilder()
                .withNewMetadata()
                .addToAnnotations(annotation, "true")
                .endMetadata());
        assertOwned();
    }

    /** Applied on the server's side, as text and not, or updated, as who knows nothing of that does. */
    @ParameterizedTest
    @CsvSource({"argocd-controller, true", "argocd-controller, false", "kustomize-controller, false"})
    void secretThatAControllerAppliesOneOfOurKeysInIsRefused(String manager, boolean isText) {
        write(Map.of("URL", "old", "password", "old"));
        apply(manager, isText, "password");
        assertOwned();
    }

    @ParameterizedTest
    @ValueSource(strings = {"argocd-application-controller", "externalsecrets.external-secrets.io/orders-db"})
    void secretThatAControllerHasUpdatedOneOfOurKeysInIsRefused(String manager) {
        write(Map.of("URL", "old", "password", "old"));
        update(manager, "password");
        assertOwned();
    }

    /** Argo CD may deploy the labels, Flux the keys of others; what a person applies or edits is a person's. */
    @Test
    void whoWritesOtherKeysOrIsAPersonDoesNotOwnOurs() {
        write(Map.of("URL", "old", "password", "old"));
        apply("argocd-controller", false, "theirs");
        update("helm-controller", "theirs");
        apply("kubectl", false, "password");
        update("kubectl-edit", "URL");

        assertThat(inspect()).isEqualTo(Outcome.done());
        assertThat(publish(1, first())).isInstanceOf(Outcome.Done.class);
        assertThat(inspect()).as("after a write of ours").isEqualTo(Outcome.done());
    }

    private void apply(String manager, boolean isText, String key) {
        var applied = new SecretBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName("orders-db")
                .addToLabels("app.kubernetes.io/instance", "orders")
                .endMetadata();
        var _ = isText
                ? applied.addToStringData(key, "applied")
                : applied.addToData(
                        key, Base64.getEncoder().encodeToString("applied".getBytes(StandardCharsets.UTF_8)));
        Testbed.shared()
                .kubernetes()
                .admin()
                .resource(applied.build())
                .fieldManager(manager)
                .forceConflicts()
                .serverSideApply();
    }

    private void update(String manager, String key) {
        var context = new PatchContext.Builder()
                .withPatchType(PatchType.JSON_MERGE)
                .withFieldManager(manager)
                .build();
        Testbed.shared()
                .kubernetes()
                .admin()
                .resource(secret())
                .patch(context, "{\"stringData\": {\"" + key + "\": \"updated\"}}");
    }

    @Test
    void secretThatAControllerOwnsIsRefused() {
        var admin = Testbed.shared().kubernetes().admin();
        var owner = admin.resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName("owner")
                        .endMetadata()
                        .build())
                .create();
        create(new SecretBuilder()
                .withNewMetadata()
                .withOwnerReferences(new OwnerReferenceBuilder()
                        .withApiVersion("v1")
                        .withKind("ConfigMap")
                        .withName("owner")
                        .withUid(owner.getMetadata().getUid())
                        .withController(true)
                        .build())
                .endMetadata());
        assertOwned();
    }

    private void assertOwned() {
        var version = version();
        var owned = Outcome.rejected(RotationReason.PUBLICATION_OWNED);
        assertThat(inspect()).isEqualTo(owned);
        assertThat(publish(1, first())).isEqualTo(owned);
        assertThat(version()).isEqualTo(version);
    }

    @Test
    void immutableSecretIsRefusedUpFront() {
        create(new SecretBuilder().withImmutable(true).withStringData(Map.of("URL", "old")));

        assertThat(inspect()).isEqualTo(Outcome.rejected(RotationReason.PUBLICATION_REFUSED));
    }

    @Test
    void editsOfOthersAtTheSameTimeAreNotLost() throws Exception {
        write(Map.of("URL", "old"));
        var admin = Testbed.shared().kubernetes().admin();
        var editor = Thread.ofVirtual().start(() -> {
            for (int i = 0; i < 60; i++) {
                var value = Base64.getEncoder().encodeToString(("edit " + i).getBytes(StandardCharsets.UTF_8));
                admin.secrets()
                        .inNamespace(namespace)
                        .withName("orders-db")
                        .patch("{\"data\": {\"theirs-" + i + "\": \"" + value + "\"}}");
            }
        });
        int refused = 0;
        for (int attempt = 1; attempt <= 30; attempt++) {
            while (!(publish(attempt, first()) instanceof Outcome.Done)) {
                assertThat(refused++).isLessThan(200);
            }
        }
        editor.join();

        assertThat(content()).hasSize(62).containsEntry("theirs-0", "edit 0").containsEntry("theirs-59", "edit 59");
    }

    private Secret secret() {
        return Testbed.shared()
                .kubernetes()
                .admin()
                .secrets()
                .inNamespace(namespace)
                .withName("orders-db")
                .get();
    }

    private void create(SecretBuilder secret) {
        Testbed.shared()
                .kubernetes()
                .admin()
                .resource(secret.editOrNewMetadata()
                        .withNamespace(namespace)
                        .withName("orders-db")
                        .endMetadata()
                        .build())
                .create();
    }
}
