package io.keyturn.restart.persistence;

import io.keyturn.contract.reference.ObjectKind;
import io.keyturn.contract.reference.ObjectRef;

/** An object as its column holds it: {@code Secret/shop/orders-db}. */
final class ObjectKey {
    private ObjectKey() {}

    static String of(ObjectRef object) {
        return object.kind() + "/" + object.namespace() + "/" + object.name();
    }

    static ObjectRef parse(String key) {
        var parts = key.split("/", 3);
        return new ObjectRef(ObjectKind.valueOf(parts[0]), parts[1], parts[2]);
    }
}
