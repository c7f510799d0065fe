package io.keyturn.rotation.standin;

import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.target.IssuingTarget;
import io.keyturn.rotation.target.IssuingTargetConformance;

/** The conformance suite on a target that issues its credentials. It is a double, so this is a test of the suite. */
class IssuingTargetDoubleTest extends IssuingTargetConformance {
    private final KeysDouble keys = new KeysDouble();

    @Override
    protected IssuingTarget openTarget() {
        keys.add("key-0", "first-value");
        return new IssuingTargetDouble(keys);
    }

    @Override
    protected Credential liveCredential() {
        return credential("key-0", "first-value");
    }

    @Override
    protected boolean accepts(Credential credential) {
        return keys.accepts(credential);
    }

    @Override
    protected AutoCloseable session(Credential credential) {
        return keys.session(credential);
    }

    @Override
    protected long changes() {
        return keys.log().size();
    }

    @Override
    protected String log() {
        return String.join("\n", keys.log());
    }
}
