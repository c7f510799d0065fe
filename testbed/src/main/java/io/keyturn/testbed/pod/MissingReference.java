package io.keyturn.testbed.pod;

/** A Secret, a ConfigMap or a key of one that a pod needs is not there (yet). */
final class MissingReference extends Exception {
    private static final long serialVersionUID = 1;

    MissingReference(String kind, String name) {
        super("%s \"%s\" not found".formatted(kind, name));
    }

    MissingReference(String kind, String name, String key) {
        super("couldn't find key %s in %s %s".formatted(key, kind, name));
    }
}
