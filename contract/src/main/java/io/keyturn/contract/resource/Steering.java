package io.keyturn.contract.resource;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/** How annotations that steer restarts are read: one rule, for who restarts a workload and for who waits until it was restarted. */
public final class Steering {
    private Steering() {}

    /** The value of such an annotation: the workload's own, else its pod template's. */
    public static @Nullable String value(String name, Map<String, String> own, Map<String, String> template) {
        var value = own.get(name);
        return value == null ? template.get(name) : value;
    }

    /** Whether it says this word, however it is written. */
    public static boolean says(@Nullable String value, String word) {
        return value != null && value.strip().equalsIgnoreCase(word);
    }

    /** Whether the workload says no to restarts. */
    public static boolean optsOut(Map<String, String> own, Map<String, String> template) {
        return says(value(Annotations.RESTART, own, template), "false");
    }
}
