package io.keyturn.watcher.observe;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.DefaultKubernetesResourceList;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.ReducedStateItemStore;
import io.keyturn.contract.reference.ObjectKind;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.ResourceVersion;
import io.keyturn.contract.reference.Uid;
import io.keyturn.watcher.FailureCode;
import io.keyturn.watcher.WatcherLog;
import io.keyturn.watcher.filter.ObjectFilter;
import io.keyturn.watcher.statement.StatementState;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * A metadata-only watch of one kind in all namespaces. It marks objects whose version is new; a lost watch lists again and marks
 * what differs. Of each object it keeps no more than name, uid and version.
 */
final class MetadataWatch<T extends HasMetadata> implements ResourceEventHandler<T>, AutoCloseable {
    private static final long PAGE = 500;

    private final ObjectKind kind;
    private final ObjectFilter filter;
    private final StatementState state;
    private final ObjectWorkers workers;
    private final MeterRegistry metrics;
    private final SharedIndexInformer<T> informer;

    private MetadataWatch(
            ObjectKind kind,
            Class<T> type,
            Informable<T> objects,
            KubernetesClient client,
            ObjectFilter filter,
            StatementState state,
            ObjectWorkers workers,
            MeterRegistry metrics) {
        this.kind = kind;
        this.filter = filter;
        this.state = state;
        this.workers = workers;
        this.metrics = metrics;
        this.informer = objects.withLimit(PAGE)
                .runnableInformer(0)
                .removeNamespaceIndex()
                .itemStore(new ReducedStateItemStore<>(
                        ReducedStateItemStore.NAME_KEY_STATE,
                        type,
                        client.getKubernetesSerialization(),
                        "metadata.uid",
                        "metadata.resourceVersion"))
                .exceptionHandler((_, failure) -> {
                    WatcherLog.LOG.watchInterrupted(kind.name(), FailureCode.of(failure));
                    return true;
                });
        informer.addEventHandler(this);
    }

    /** Secrets, without the types that nobody rotates: the API server leaves them out. */
    static MetadataWatch<Secret> secrets(
            KubernetesClient client,
            ObjectFilter filter,
            StatementState state,
            ObjectWorkers workers,
            MeterRegistry metrics) {
        FilterWatchListDeletable<Secret, SecretItems, Resource<Secret>> wanted =
                client.resources(Secret.class, SecretItems.class).inAnyNamespace();
        for (var type : ObjectFilter.IGNORED_TYPES) {
            wanted = wanted.withoutField("type", type);
        }
        return new MetadataWatch<>(ObjectKind.Secret, Secret.class, wanted, client, filter, state, workers, metrics);
    }

    static MetadataWatch<ConfigMap> configMaps(
            KubernetesClient client,
            ObjectFilter filter,
            StatementState state,
            ObjectWorkers workers,
            MeterRegistry metrics) {
        return new MetadataWatch<>(
                ObjectKind.ConfigMap,
                ConfigMap.class,
                client.resources(ConfigMap.class, ConfigMapItems.class).inAnyNamespace(),
                client,
                filter,
                state,
                workers,
                metrics);
    }

    /** Completes when the first list is in. */
    CompletionStage<Void> start() {
        return informer.start();
    }

    /** Marks what is stated but was not listed: it vanished while nobody watched. */
    void markVanished() {
        Set<String> there = informer.getStore().listKeys().stream().collect(Collectors.toSet());
        state.objects(kind).stream()
                .filter(object -> !there.contains(object.namespace() + "/" + object.name()))
                .forEach(workers::mark);
    }

    @Override
    public void onAdd(T object) {
        changed(object.getMetadata());
    }

    @Override
    public void onUpdate(T before, T now) {
        changed(now.getMetadata());
    }

    @Override
    public void onDelete(T object, boolean finalStateUnknown) {
        var metadata = object.getMetadata();
        if (!finalStateUnknown && metadata.getResourceVersion() != null) {
            state.reached(new ResourceVersion(metadata.getResourceVersion()));
        }
        count();
        mark(metadata, false);
    }

    @Override
    public void close() {
        informer.stop();
    }

    private void changed(ObjectMeta metadata) {
        count();
        mark(metadata, true);
    }

    private void mark(ObjectMeta metadata, boolean unlessKnown) {
        ObjectRef about;
        try {
            about = new ObjectRef(kind, metadata.getNamespace(), metadata.getName());
        } catch (IllegalArgumentException e) {
            WatcherLog.LOG.unnameable(e.getClass().getSimpleName());
            return;
        }
        var annotations = Objects.requireNonNullElse(metadata.getAnnotations(), Map.<String, String>of());
        if (filter.ignores(about, annotations.keySet())
                || (unlessKnown
                        && state.knows(
                                about,
                                new Uid(metadata.getUid()),
                                new ResourceVersion(metadata.getResourceVersion())))) {
            return;
        }
        workers.mark(about);
    }

    /** The items of a metadata list are null, not empty, when there are none; fabric8's informer trips over that. */
    static final class SecretItems extends DefaultKubernetesResourceList<Secret> {
        private static final long serialVersionUID = 1;

        @Override
        public List<Secret> getItems() {
            return Objects.requireNonNullElse(super.getItems(), List.of());
        }
    }

    /** The same for ConfigMaps. */
    static final class ConfigMapItems extends DefaultKubernetesResourceList<ConfigMap> {
        private static final long serialVersionUID = 1;

        @Override
        public List<ConfigMap> getItems() {
            return Objects.requireNonNullElse(super.getItems(), List.of());
        }
    }

    private void count() {
        metrics.counter("keyturn.watch.events", "kind", kind.name()).increment();
    }
}
