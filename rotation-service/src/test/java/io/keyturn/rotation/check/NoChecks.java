package io.keyturn.rotation.check;

import java.lang.reflect.Proxy;

import io.keyturn.rotation.RotationConfig;

/** The checks of a policy that has none. */
public final class NoChecks {
    private NoChecks() {}

    public static HttpChecks create() {
        var asked = (RotationConfig) Proxy.newProxyInstance(
                RotationConfig.class.getClassLoader(), new Class<?>[] {RotationConfig.class}, (_, method, _) -> {
                    throw new AssertionError("not asked here: " + method.getName());
                });
        return new HttpChecks(asked);
    }
}
