package io.keyturn.testbed.pod;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarSource;
import org.jspecify.annotations.Nullable;

/**
 * A container's environment, resolved as a kubelet does it when the container starts: {@code envFrom} in its order, then
 * {@code env} over it. References between variables ({@code $(VAR)}) are left as they stand.
 */
final class Environment {
    private final ConfigSource source;
    private final Map<String, String> fields;

    /** @param fields what {@code fieldRef} can name, by path */
    Environment(ConfigSource source, Map<String, String> fields) {
        this.source = source;
        this.fields = fields;
    }

    Map<String, String> of(Container container) throws MissingReference {
        var env = new LinkedHashMap<String, String>();
        for (var from : orEmpty(container.getEnvFrom())) {
            addAll(env, from);
        }
        for (var variable : orEmpty(container.getEnv())) {
            var value = value(variable);
            if (value != null) {
                env.put(variable.getName(), value);
            }
        }
        return env;
    }

    private void addAll(Map<String, String> env, EnvFromSource from) throws MissingReference {
        var prefix = Objects.requireNonNullElse(from.getPrefix(), "");
        Map<String, byte[]> data = Map.of();
        if (from.getSecretRef() != null) {
            var name = from.getSecretRef().getName();
            data = whole("secret", name, from.getSecretRef().getOptional(), source.secret(name));
        } else if (from.getConfigMapRef() != null) {
            var name = from.getConfigMapRef().getName();
            data = whole("configmap", name, from.getConfigMapRef().getOptional(), source.configMap(name));
        }
        data.forEach((key, bytes) -> env.put(prefix + key, text(bytes)));
    }

    private static Map<String, byte[]> whole(
            String kind, String name, @Nullable Boolean optional, Optional<Map<String, byte[]>> data)
            throws MissingReference {
        if (data.isEmpty() && !Boolean.TRUE.equals(optional)) {
            throw new MissingReference(kind, name);
        }
        return data.orElse(Map.of());
    }

    private @Nullable String value(EnvVar variable) throws MissingReference {
        EnvVarSource from = variable.getValueFrom();
        if (from == null) {
            return Objects.requireNonNullElse(variable.getValue(), "");
        }
        if (from.getSecretKeyRef() != null) {
            var ref = from.getSecretKeyRef();
            return key("secret", ref.getName(), ref.getKey(), ref.getOptional(), source.secret(ref.getName()));
        }
        if (from.getConfigMapKeyRef() != null) {
            var ref = from.getConfigMapKeyRef();
            return key("configmap", ref.getName(), ref.getKey(), ref.getOptional(), source.configMap(ref.getName()));
        }
        return from.getFieldRef() == null ? null : fields.get(from.getFieldRef().getFieldPath());
    }

    private static @Nullable String key(
            String kind, String name, String key, @Nullable Boolean optional, Optional<Map<String, byte[]>> data)
            throws MissingReference {
        var value = whole(kind, name, optional, data).get(key);
        if (value == null && !Boolean.TRUE.equals(optional)) {
            throw new MissingReference(kind, name, key);
        }
        return value == null ? null : text(value);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static <T> List<T> orEmpty(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }
}
