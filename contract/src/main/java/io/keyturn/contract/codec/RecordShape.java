package io.keyturn.contract.codec;

import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * Whether a record that was read is whole, at any depth of nested records. What may be absent is marked {@code @Nullable}; what is
 * there must be fit to be kept.
 */
public final class RecordShape {
    private static final ClassValue<List<Component>> COMPONENTS = new ClassValue<>() {
        @Override
        protected List<Component> computeValue(Class<?> type) {
            return Stream.of(type.getRecordComponents())
                    .map(c -> new Component(c.getName(), c.getAccessor(), isOptional(c)))
                    .toList();
        }
    };

    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant TOO_LATE = Instant.parse("+10000-01-01T00:00:00Z");

    private RecordShape() {}

    public static boolean isOptional(RecordComponent component) {
        return component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    }

    /**
     * True when all that must be there is there (Jackson fills what the JSON lacks with null), and every instant is one that
     * databases keep.
     */
    static boolean isSound(@Nullable Object value) {
        return switch (value) {
            case null -> false;
            case Record part -> isSoundRecord(part);
            case Collection<?> parts -> parts.stream().allMatch(RecordShape::isSound);
            case Map<?, ?> parts -> parts.values().stream().allMatch(RecordShape::isSound);
            case Instant instant -> isDate(instant);
            default -> true;
        };
    }

    /** In years 1 to 9999. */
    static boolean isDate(Instant instant) {
        return !instant.isBefore(EARLIEST) && instant.isBefore(TOO_LATE);
    }

    private static boolean isSoundRecord(Record value) {
        for (var component : COMPONENTS.get(value.getClass())) {
            var part = component.of(value);
            if (part == null ? !component.optional() : !isSound(part)) {
                return false;
            }
        }
        return true;
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
