package io.keyturn.restart.workload;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;

import jakarta.enterprise.context.ApplicationScoped;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.ReducedStateItemStore;
import io.keyturn.contract.reference.Uid;
import io.keyturn.contract.resource.SecretRotation;
import io.keyturn.restart.RestartLog;
import io.keyturn.restart.plan.Workload;

/**
 * Keeps the index true: one informer per kind over all namespaces. Of each object the informer keeps no more than name and uid; the
 * index knows what else is needed. A cluster without the SecretRotation resource is served too
 * (restart-only installation); its informer keeps looking.
 */
@ApplicationScoped
public class WorkloadInformers {
    private static final int NOT_FOUND = 404;
    /** Objects in one answer to a list: no more than these are in memory as they came. */
    private static final long PAGE = 200;

    private final KubernetesClient client;
    private final WorkloadIndex index;
    private final List<SharedIndexInformer<?>> informers = new CopyOnWriteArrayList<>();
    private volatile boolean withoutPolicies;

    /** Who wants to hear of changes. Called on informer threads; must not block. */
    public interface Listener {
        /** New, or it reads something new. */
        void referencesChanged(Uid workload);

        /** Anything about it, its status too. */
        void workloadChanged(Uid workload);

        void workloadGone(Uid workload);
    }

    WorkloadInformers(KubernetesClient client, WorkloadIndex index) {
        this.client = client;
        this.index = index;
    }

    /** Starts all; they sync in the background and retry for ever. */
    public void start(Listener listener) {
        watch(
                "deployments",
                Deployment.class,
                client.apps().deployments().inAnyNamespace(),
                workloads(WorkloadReader::read, listener));
        watch(
                "statefulsets",
                StatefulSet.class,
                client.apps().statefulSets().inAnyNamespace(),
                workloads(WorkloadReader::read, listener));
        watch(
                "daemonsets",
                DaemonSet.class,
                client.apps().daemonSets().inAnyNamespace(),
                workloads(WorkloadReader::read, listener));
        watch(
                "secretrotations",
                SecretRotation.class,
                client.resources(SecretRotation.class).inAnyNamespace(),
                new Handler<>(
                        rotation -> index.put(PolicyReader.read(rotation)),
                        rotation -> index.removePolicy(rotation.ref())));
    }

    public void stop() {
        informers.forEach(SharedIndexInformer::close);
    }

    /** True once the index holds everything there is. */
    public boolean synced() {
        return informers.size() == 4
                && informers.stream()
                        .allMatch(informer -> informer.hasSynced()
                                || (withoutPolicies && informer.getApiTypeClass() == SecretRotation.class));
    }

    private <T extends HasMetadata> void watch(
            String resource, Class<T> type, Informable<T> informable, Handler<T> handler) {
        var informer = informable
                .withLimit(PAGE)
                .runnableInformer(0)
                .removeNamespaceIndex()
                .itemStore(new ReducedStateItemStore<>(
                        ReducedStateItemStore.NAME_KEY_STATE,
                        type,
                        client.getKubernetesSerialization(),
                        "metadata.uid",
                        "metadata.resourceVersion"));
        informer.addEventHandler(handler);
        informer.exceptionHandler((started, failure) -> {
            var code = failure instanceof KubernetesClientException e ? e.getCode() : 0;
            if (informer.getApiTypeClass() == SecretRotation.class && code == NOT_FOUND) {
                if (!withoutPolicies) {
                    RestartLog.LOG.withoutPolicies();
                }
                withoutPolicies = true;
            } else {
                RestartLog.LOG.watchInterrupted(resource, failure.getClass().getSimpleName(), code);
            }
            return true;
        });
        informers.add(informer);
        informer.start();
    }

    private <T extends HasMetadata> Handler<T> workloads(Function<T, Workload> read, Listener listener) {
        return new Handler<>(
                object -> {
                    var workload = read.apply(object);
                    var uid = workload.ref().uid();
                    if (index.put(workload)) {
                        listener.referencesChanged(uid);
                    }
                    listener.workloadChanged(uid);
                },
                object -> {
                    var uid = new Uid(object.getMetadata().getUid());
                    index.remove(uid);
                    listener.workloadGone(uid);
                });
    }

    /** Present and absent are all that matters. An object that cannot be read must not end the watch of the others. */
    private record Handler<T extends HasMetadata>(Consumer<T> present, Consumer<T> absent)
            implements ResourceEventHandler<T> {
        @Override
        public void onAdd(T object) {
            apply(present, object);
        }

        @Override
        public void onUpdate(T before, T object) {
            // Deleted and made again while nobody watched: the old one will not be heard of any more.
            if (!before.getMetadata().getUid().equals(object.getMetadata().getUid())) {
                apply(absent, before);
            }
            apply(present, object);
        }

        @Override
        public void onDelete(T object, boolean stateUnknown) {
            apply(absent, object);
        }

        private static <T extends HasMetadata> void apply(Consumer<T> action, T object) {
            try {
                action.accept(object);
            } catch (RuntimeException e) {
                RestartLog.LOG.objectUnreadable(
                        object.getKind(),
                        object.getMetadata().getUid(),
                        e.getClass().getSimpleName());
            }
        }
    }
}
