package io.keyturn.watcher;

import io.fabric8.kubernetes.api.model.Secret;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.kubernetes.TestObjects;

/** Secrets as a user writes them. */
final class Secrets {
    private Secrets() {}

    /** Creates it, or gives it this password. */
    static Secret write(ObjectRef object, String password) {
        return Testbed.shared()
                .kubernetes()
                .admin()
                .resource(TestObjects.secret(object.namespace(), object.name(), "password", password))
                .createOr(r -> r.update());
    }
}
