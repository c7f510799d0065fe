package io.keyturn.rotation.resource;

import java.util.Map;
import java.util.stream.Stream;

import jakarta.enterprise.context.ApplicationScoped;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.resource.SecretRotation;
import io.keyturn.kit.bridge.Bridge;
import io.keyturn.rotation.RotationLog;
import io.keyturn.rotation.persistence.History;
import io.keyturn.rotation.persistence.RotationStore;
import io.keyturn.rotation.saga.Purpose;
import io.keyturn.rotation.saga.RotationState;

/**
 * Holds a SecretRotation while a run of it may be under way, so that one that is deleted stays there, and its status tells, until its
 * run is over. It is held before a run touches anything, and let go by whoever sees that none is under way: level-triggered, so that
 * no crash leaves it held. Finalizers of others stay as they are: what is written depends on the version that was read.
 */
@ApplicationScoped
public class RunFinalizer {
    private final KubernetesClient kubernetes;
    private final SecretRotations resources;
    private final KnownRotations known;
    private final RotationStore store;

    RunFinalizer(KubernetesClient kubernetes, SecretRotations resources, KnownRotations known, RotationStore store) {
        this.kubernetes = kubernetes;
        this.resources = resources;
        this.known = known;
        this.store = store;
    }

    /** Holds an object as it was just read. Blocking; throws if somebody else has changed it since. */
    public void hold(SecretRotation read) {
        if (!read.hasFinalizer(SecretRotation.FINALIZER)) {
            write(read, Stream.concat(read.getFinalizers().stream(), Stream.of(SecretRotation.FINALIZER)));
        }
    }

    /** Holds it or lets it go, as its runs want it. What fails is done at the next look. Blocking. */
    void settle(String uid, History history) {
        var rotation = known.find(uid).orElse(null);
        if (rotation == null) {
            return;
        }
        boolean held = rotation.hasFinalizer(SecretRotation.FINALIZER);
        try {
            if (isBegun(history) && !held) {
                resources
                        .find(rotation.ref(), uid)
                        .filter(now -> !now.isMarkedForDeletion())
                        .ifPresent(this::hold);
            } else if (held && !mayBeUnderWay(history)) {
                letGo(rotation.ref(), uid);
            }
        } catch (KubernetesClientException e) {
            RotationLog.LOG.heldUp("finalizer", e.getClass().getSimpleName());
        }
    }

    /**
     * The object is read before its runs: who begins one in between has changed the object, and it stays held. Who found it held then has
     * not changed it; it is held again at the next look.
     */
    private void letGo(ObjectRef ref, String uid) {
        var found = resources.find(ref, uid).filter(now -> now.hasFinalizer(SecretRotation.FINALIZER));
        if (found.isEmpty() || mayBeUnderWay(Bridge.await(() -> store.history(uid)))) {
            return;
        }
        var others = found.get().getFinalizers().stream().filter(name -> !name.equals(SecretRotation.FINALIZER));
        write(found.get(), others);
    }

    private static boolean isBegun(History history) {
        return history.active() != null && history.active().state().hasBegun();
    }

    /** A request is held before its first step: by then it has not begun. */
    private static boolean mayBeUnderWay(History history) {
        return isBegun(history)
                || history.active() != null
                        && history.active().state() instanceof RotationState.Requested requested
                        && requested.purpose() == Purpose.ROTATE;
    }

    private void write(SecretRotation read, Stream<String> finalizers) {
        var meta = read.getMetadata();
        var metadata = Map.of(
                "uid", meta.getUid(),
                "resourceVersion", meta.getResourceVersion(),
                "finalizers", finalizers.toList());
        kubernetes
                .resource(read)
                .patch(
                        new PatchContext.Builder()
                                .withPatchType(PatchType.JSON_MERGE)
                                .withFieldManager(SecretRotations.MANAGER)
                                .build(),
                        kubernetes.getKubernetesSerialization().asJson(Map.of("metadata", metadata)));
    }
}
