package io.keyturn.contract.codec;

import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/** Which components of a record may be absent: those marked {@code @Nullable}, at any depth of nested records. */
public final class RecordShape {
    private static final ClassValue<List<Component>> COMPONENTS = new ClassValue<>() {
        @Override
        protected List<Component> computeValue(Class<?> type) {
            return Stream.of(type.getRecordComponents())
                    .map(c -> new Component(c.getName(), c.getAccessor(), isOptional(c)))
                    .toList();
        }
    };

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
        for (var component : COMPONENTS.get(value.getClass())) {
            var part = component.of(value);
            if (part == null ? !component.optional() : missesRequired(part)) {
                return true;
            }
        }
        return false;
    }

    /** What is asked of a component for every record that is read; reflection answers slowly, so it is asked once per class. */
    private record Component(String name, Method accessor, boolean optional) {
        @Nullable
        Object of(Record owner) {
            try {
                return accessor.invoke(owner);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("Cannot read record component " + name, e);
            }
        }
    }
}
