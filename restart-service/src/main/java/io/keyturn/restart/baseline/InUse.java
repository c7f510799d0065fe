package io.keyturn.restart.baseline;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.restart.reference.KeySelection;

/** The content of one object that one workload was last seen to use, as far as it reads it. */
public record InUse(ObjectRef object, KeySelection keys, Content content) {
    public InUse {
        content = content.restrictedTo(keys);
    }
}
