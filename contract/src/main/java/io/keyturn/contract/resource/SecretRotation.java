package io.keyturn.contract.resource;

import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Version;
import io.keyturn.contract.reference.ObjectRef;
import org.jspecify.annotations.Nullable;

/** One credential and how it is rotated. The schema users meet is {@code deploy/crds}; a test keeps the two in step. */
@Group(SecretRotation.GROUP)
@Version(SecretRotation.VERSION)
public class SecretRotation extends CustomResource<SecretRotationSpec, SecretRotationStatus> implements Namespaced {
    public static final String GROUP = "keyturn.io";
    public static final String VERSION = "v1alpha1";

    /** Keeps an object that is deleted in mid-run there until its run is over; there only while a run may be under way. */
    public static final String FINALIZER = "keyturn.io/run";

    private static final long serialVersionUID = 1;

    @Override
    protected @Nullable SecretRotationSpec initSpec() {
        return null;
    }

    @Override
    protected @Nullable SecretRotationStatus initStatus() {
        return null;
    }

    /** This object as events name it. */
    public ObjectRef ref() {
        return ObjectRef.secretRotation(
                getMetadata().getNamespace(), getMetadata().getName());
    }
}
