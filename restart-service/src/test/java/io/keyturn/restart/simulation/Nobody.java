package io.keyturn.restart.simulation;

import java.lang.reflect.Proxy;

/** Stands where a class wants something that its model never asks. */
public final class Nobody {
    private Nobody() {}

    public static <T> T as(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (_, method, _) -> {
            throw new UnsupportedOperationException(method.getName());
        }));
    }
}
