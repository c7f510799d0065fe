package io.keyturn.restart;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.keyturn.contract.codec.CloudEventCodec;
import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.event.Origin;
import io.keyturn.contract.event.SecretChanged;
import io.keyturn.contract.event.SecretEvent;
import io.keyturn.contract.reference.ClusterName;
import io.keyturn.contract.reference.Fingerprint;
import io.keyturn.contract.reference.KeyName;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.contract.reference.ResourceVersion;
import io.keyturn.contract.reference.Uid;
import io.keyturn.contract.resource.Annotations;
import io.keyturn.contract.topic.Service;
import io.keyturn.contract.topic.Topic;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * One namespace of a test: its workloads through the real API, and its Secrets as events only, for this service never sees
 * more of them.
 */
final class Shop {
    static final Map<String, String> ASKS = Map.of(Annotations.RESTART, "true");
    private static final AtomicLong VERSION = new AtomicLong(1_000);

    final String namespace = "shop-" + UUID.randomUUID().toString().substring(0, 8);
    private final KubernetesClient admin;
    private final Producer<String, byte[]> watcher;

    Shop(KubernetesClient admin, Producer<String, byte[]> watcher) {
        this.admin = admin;
        this.watcher = watcher;
        admin.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(namespace)
                        .endMetadata()
                        .build())
                .create();
    }

    ObjectRef secret(String name) {
        return ObjectRef.secret(namespace, name);
    }

    /** States content as the watcher would: {@code "KEY=value"}. */
    EventEnvelope changed(String secret, @Nullable String publication, String... assignments) {
        Map<KeyName, List<Fingerprint>> fingerprints = new HashMap<>();
        for (var assignment : assignments) {
            var parts = assignment.split("=", 2);
            fingerprints.put(new KeyName(parts[0]), List.of(new Fingerprint(1, sha256(parts[1]))));
        }
        return send(new SecretChanged(
                secret(secret),
                new Uid("secret-" + secret),
                new ResourceVersion(String.valueOf(VERSION.incrementAndGet())),
                1,
                fingerprints,
                null,
                Origin.OTHER,
                publication == null ? null : new PublicationId(publication),
                Map.of(),
                Instant.now()));
    }

    EventEnvelope send(SecretEvent event) {
        var envelope = EventEnvelope.from(
                new ClusterName("test"), Service.WATCHER, UUID.randomUUID(), Instant.now(), null, event);
        send(envelope);
        return envelope;
    }

    void send(EventEnvelope envelope) {
        try {
            watcher.send(new ProducerRecord<>(
                            Topic.SECRETS.topicName(),
                            null,
                            envelope.key(),
                            CloudEventCodec.value(envelope.event()),
                            CloudEventCodec.headers(envelope)))
                    .get();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** A Deployment without pods: its roll-outs are complete at once. */
    Deployment deployment(String name, Map<String, String> annotations, String secret, String... keys) {
        return deployment(name, 0, annotations, template(name, secret, keys));
    }

    Deployment deployment(String name, int replicas, Map<String, String> annotations, PodTemplateSpec template) {
        return admin.resource(new DeploymentBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName(name)
                        .withAnnotations(annotations)
                        .endMetadata()
                        .withNewSpec()
                        .withReplicas(replicas)
                        .withNewSelector()
                        .addToMatchLabels("app", name)
                        .endSelector()
                        .withTemplate(template)
                        .endSpec()
                        .build())
                .create();
    }

    <T extends HasMetadata> T create(T object) {
        object.getMetadata().setNamespace(namespace);
        return admin.resource(object).create();
    }

    /** Reads these keys of the Secret as variables, or all of it if none is named. */
    PodTemplateSpec template(String app, String secret, String... keys) {
        var container = new PodTemplateSpecBuilder()
                .withNewMetadata()
                .addToLabels("app", app)
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("main")
                .withImage("keyturn.test/pause");
        for (var key : keys) {
            container = container
                    .addNewEnv()
                    .withName("V_" + key)
                    .withNewValueFrom()
                    .withNewSecretKeyRef(key, secret, false)
                    .endValueFrom()
                    .endEnv();
        }
        if (keys.length == 0) {
            container =
                    container.addNewEnvFrom().withNewSecretRef(secret, false).endEnvFrom();
        }
        return container.endContainer().endSpec().build();
    }

    Deployment current(String name) {
        return admin.apps().deployments().inNamespace(namespace).withName(name).get();
    }

    long generation(String name) {
        return current(name).getMetadata().getGeneration();
    }

    @Nullable
    String content(String name) {
        var annotations = current(name).getSpec().getTemplate().getMetadata().getAnnotations();
        return annotations == null ? null : annotations.get(Annotations.CONTENT);
    }

    /** Says, in the kubelet's place, that the pods of the Deployment are ready. Nothing schedules pods here. */
    void makeReady(String name) {
        admin.pods()
                .inNamespace(namespace)
                .withLabel("app", name)
                .list()
                .getItems()
                .forEach(this::makeReady);
    }

    private void makeReady(Pod pod) {
        try {
            admin.pods()
                    .inNamespace(namespace)
                    .resource(pod)
                    .editStatus(it -> it.edit()
                            .editOrNewStatus()
                            .withPhase("Running")
                            .withConditions()
                            .addNewCondition()
                            .withType("Ready")
                            .withStatus("True")
                            .withLastTransitionTime(Instant.now().toString())
                            .endCondition()
                            .endStatus()
                            .build());
        } catch (KubernetesClientException e) {
            // Pods of the old template go away meanwhile, or the controllers write them at the same time.
            if (e.getCode() != 404 && e.getCode() != 409) {
                throw e;
            }
        }
    }

    private static String sha256(String value) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(value.getBytes(StandardCharsets.UTF_8)));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
