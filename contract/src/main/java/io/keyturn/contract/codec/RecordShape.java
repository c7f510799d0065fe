package io.keyturn.contract.codec;

import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/** Which components of a record may be absent: those marked {@code @Nullable}, at any depth of nested records. */
public final class RecordShape {
    private RecordShape() {}

    public static boolean isOptional(RecordComponent component) {
        return component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    }

    /** True when a component that must be there is null: Jackson fills what the JSON lacks with null. */
    static boolean missesRequired(@Nullable Object value) {
        return switch (value) {
            case null -> true;
            case Record part -> missesRequiredComponent(part);
            case Collection<?> parts -> parts.stream().anyMatch(RecordShape::missesRequired);
            case Map<?, ?> parts -> parts.values().stream().anyMatch(RecordShape::missesRequired);
            default -> false;
        };
    }

    private static boolean missesRequiredComponent(Record value) {
        for (var component : value.getClass().getRecordComponents()) {
            var part = read(component, value);
            if (part == null ? !isOptional(component) : missesRequired(part)) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable Object read(RecordComponent component, Object owner) {
        try {
            return component.getAccessor().invoke(owner);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Cannot read record component " + component.getName(), e);
        }
    }
}
