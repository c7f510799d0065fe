package io.keyturn.restart.plan;

import java.util.Arrays;

import io.keyturn.contract.reference.ObjectKind;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.resource.Annotations;
import io.keyturn.contract.resource.Steering;

/** Whether a workload wants to be rolled when an object it reads changes. Opting out always wins. */
final class Eligibility {
    static final String RELOADER_AUTO = "reloader.stakater.com/auto";
    static final String RELOADER_SECRETS = "secret.reloader.stakater.com/reload";
    static final String RELOADER_CONFIG_MAPS = "configmap.reloader.stakater.com/reload";

    private Eligibility() {}

    /** @param published whether a SecretRotation publishes the object */
    static boolean wantsRoll(Workload workload, ObjectRef object, boolean published, boolean autoReloadAll) {
        if (workload.optsOut()) {
            return false;
        }
        return published
                || autoReloadAll
                || Steering.says(workload.steering(Annotations.RESTART), "true")
                || Steering.says(workload.steering(RELOADER_AUTO), "true")
                || names(workload, object);
    }

    private static boolean names(Workload workload, ObjectRef object) {
        var list = workload.steering(object.kind() == ObjectKind.Secret ? RELOADER_SECRETS : RELOADER_CONFIG_MAPS);
        return list != null
                && Arrays.stream(list.split(",", -1)).anyMatch(n -> n.strip().equals(object.name()));
    }
}
