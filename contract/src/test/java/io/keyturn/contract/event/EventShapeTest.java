package io.keyturn.contract.event;

import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.keyturn.contract.reference.AnnotationName;
import io.keyturn.contract.reference.AnnotationValue;
import io.keyturn.contract.reference.ObjectRef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * No event type can carry a value: there is no component for one, and no text is free. Each has the closed form of a name, an id or a
 * switch: documents, keys in PEM or base64 and whatever else has no such form are refused.
 */
class EventShapeTest {
    private static final Set<Class<?>> PLAIN = Set.of(Instant.class, int.class, long.class, Long.class);
    private static final List<String> VALUES = List.of(
            "line\nbreak",
            "c2VjcmV0IHZhbHVl==",
            "{\"password\":\"x\"}",
            "p4ss#w0rd!",
            "-----BEGIN PRIVATE KEY-----\n",
            "two words=2");
    private static final String REFERENCES = ObjectRef.class.getPackageName();

    static Stream<Class<?>> events() {
        return leaves(Event.class);
    }

    @ParameterizedTest
    @MethodSource("events")
    void eventIsARecordThatHoldsNothingButReferencesEnumsNumbersAndInstants(Class<?> event) {
        assertThat(event.isRecord()).isTrue();
        assertThat(Modifier.isFinal(event.getModifiers())).isTrue();
        assertClosed(event, new HashSet<>());
    }

    @Test
    void everyEventHasItsTypeAndEveryTypeItsEvent() {
        assertThat(events().collect(Collectors.<Class<?>>toSet()))
                .isEqualTo(
                        Arrays.stream(EventType.values()).map(EventType::record).collect(Collectors.<Class<?>>toSet()));
    }

    @Test
    void typesAreVersionedNamesAndFoundAgain() {
        assertThat(EventType.values()).allSatisfy(type -> {
            assertThat(type.type()).matches("io\\.keyturn\\.[a-z]+\\.[a-z-]+\\.v[0-9]+");
            assertThat(EventType.named(type.type())).contains(type);
            assertThat(EventType.of(Samples.full(type))).isEqualTo(type);
        });
        assertThat(EventType.named("io.keyturn.secret.changed.v2")).isEmpty();
    }

    @Test
    void familyOfAnEventIsOnOneTopic() {
        for (var family : Objects.requireNonNull(Event.class.getPermittedSubclasses())) {
            assertThat(Arrays.stream(EventType.values())
                            .filter(type -> family.isAssignableFrom(type.record()))
                            .map(EventType::topic)
                            .distinct())
                    .as(family.getSimpleName())
                    .hasSize(1);
        }
    }

    /** A text inside a reference must have been checked: a text that no Kubernetes name, id or role can be is refused. */
    @Test
    void everyTextOfEveryReferenceIsChecked() {
        var texts = new HashSet<Class<?>>();
        events().forEach(event -> assertClosed(event, texts));

        assertThat(texts).isNotEmpty().allSatisfy(EventShapeTest::refusesWildText);
    }

    /** An annotation is what people write themselves: even a secret of letters and digits alone has no place in one. */
    @Test
    void alphanumericSecretIsNeitherTheNameNorTheValueOfAnAnnotation() {
        var secret = "Qm7xT2vLk9RwZ4bNc8HsJ1fYp6DgUe3A";

        assertThatThrownBy(() -> new AnnotationValue(secret))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining(secret);
        for (var prefix : List.of("", "keyturn.io/", "keyturn.io/restart", "reloader.stakater.com/")) {
            assertThatThrownBy(() -> new AnnotationName(prefix + secret))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageNotContaining(secret);
        }
    }

    private static void refusesWildText(Class<?> reference) {
        var components = reference.getRecordComponents();
        for (var i = 0; i < components.length; i++) {
            if (components[i].getType() == String.class) {
                for (var value : VALUES) {
                    var wild = Arrays.stream(components)
                            .map(c -> sane(c.getType()))
                            .toArray();
                    wild[i] = value;
                    assertThatThrownBy(() -> reference.getDeclaredConstructors()[0].newInstance(wild))
                            .as("%s.%s", reference.getSimpleName(), components[i].getName())
                            .hasRootCauseInstanceOf(IllegalArgumentException.class)
                            .rootCause()
                            .hasMessageNotContaining(value);
                }
            }
        }
    }

    private static Object sane(Class<?> type) {
        if (type == String.class) {
            return "a";
        }
        if (type == int.class) {
            return 1;
        }
        if (type.isEnum()) {
            return Objects.requireNonNull(type.getEnumConstants())[0];
        }
        return new io.keyturn.contract.reference.Uid("a");
    }

    private static void assertClosed(Class<?> record, Set<Class<?>> withText) {
        for (var component : record.getRecordComponents()) {
            assertAllowed(record, component.getGenericType(), withText);
        }
    }

    private static void assertAllowed(Class<?> owner, Type type, Set<Class<?>> withText) {
        if (type instanceof ParameterizedType generic) {
            assertThat(generic.getRawType()).as(owner.getName()).isIn(List.class, Map.class);
            for (var argument : generic.getActualTypeArguments()) {
                assertAllowed(owner, argument, withText);
            }
            return;
        }
        assertThat(type).as(owner.getName()).isInstanceOf(Class.class);
        var plain = (Class<?>) type;
        if (plain.isEnum() || PLAIN.contains(plain)) {
            return;
        }
        var inReference = owner.getPackageName().equals(REFERENCES);
        if (plain == String.class && inReference) {
            withText.add(owner);
            return;
        }
        assertThat(plain.isRecord() && plain.getPackageName().equals(REFERENCES))
                .as("%s must not hold a %s", owner.getSimpleName(), plain.getName())
                .isTrue();
        assertClosed(plain, withText);
    }

    private static Stream<Class<?>> leaves(Class<?> type) {
        var permitted = type.getPermittedSubclasses();
        return permitted == null ? Stream.of(type) : Arrays.stream(permitted).flatMap(EventShapeTest::leaves);
    }
}
