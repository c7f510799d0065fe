package io.keyturn.watcher;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.testbed.Testbed;

/** Secrets as a user writes them. */
final class Secrets {
    private Secrets() {}

    /** Creates it, or gives it this password. */
    static Secret write(ObjectRef object, String password) {
        return Testbed.shared()
                .kubernetes()
                .admin()
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withNamespace(object.namespace())
                        .withName(object.name())
                        .endMetadata()
                        .addToStringData("password", password)
                        .build())
                .createOr(r -> r.update());
    }
}
