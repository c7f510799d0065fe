package io.keyturn.system.docs;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructorCall;
import com.tngtech.archunit.core.domain.JavaFieldAccess;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.keyturn.contract.codec.Refusal;
import io.keyturn.contract.event.EventType;
import io.keyturn.contract.event.FindingKind;
import io.keyturn.contract.event.RestartReason;
import io.keyturn.contract.event.RetirementProof;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.resource.ScheduleReason;
import io.keyturn.contract.resource.StatusReason;
import io.keyturn.contract.topic.Service;
import io.keyturn.contract.topic.Topic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Whatever docs/reference/reasons.md explains can really happen: something in the code of a service says it. */
class ProducersTest {
    private static final JavaClasses CODE = new ClassFileImporter()
            .importPaths(Stream.concat(Stream.of("contract"), Repository.MODULES.stream())
                    .map(module -> Repository.ROOT.resolve(module).resolve("target/classes"))
                    .toList());

    @Test
    void codeOfEveryModuleIsThere() {
        for (var root : List.of("kit", "watcher", "rotation", "restart", "audit")) {
            assertThat(CODE.stream().map(JavaClass::getPackageName))
                    .as("build %s first", root)
                    .anyMatch(name -> name.startsWith("io.keyturn." + root));
        }
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                RotationReason.class,
                StatusReason.class,
                ScheduleReason.class,
                RetirementProof.class,
                RestartReason.class,
                FindingKind.class,
                Refusal.class
            })
    void everyReasonIsSaidSomewhere(Class<? extends Enum<?>> reasons) {
        var said = accesses(reasons).map(JavaFieldAccess::getName).distinct().toList();
        assertThat(said)
                .containsAll(Arrays.stream(reasons.getEnumConstants())
                        .map(Enum::name)
                        .toList());
    }

    /** A right that nobody uses is one too many. */
    @ParameterizedTest
    @EnumSource
    void whoMayWriteATopicMakesEventsOfIt(Topic topic) {
        var kinds = Stream.of(EventType.values())
                .filter(type -> type.topic() == topic)
                .toList();

        assertThat(topic.writers())
                .isNotEmpty()
                .allSatisfy(writer -> assertThat(kinds).anyMatch(kind -> makes(writer, kind)));
    }

    @Test
    void everyKindOfEventIsMadeByAWriterOfItsTopic() {
        var unmade = Stream.of(EventType.values())
                .filter(type -> type.topic().writers().stream().noneMatch(writer -> makes(writer, type)))
                .toList();

        assertThat(unmade).isEmpty();
    }

    private static boolean makes(Service service, EventType type) {
        return made(service).anyMatch(made -> made.isEquivalentTo(type.record()));
    }

    /** Whatever the code of a service calls a constructor of. */
    private static Stream<JavaClass> made(Service service) {
        var root = "io.keyturn." + service.principal().substring("keyturn-".length());
        return CODE.stream()
                .filter(type -> (type.getPackageName() + ".").startsWith(root + "."))
                .flatMap(type -> type.getConstructorCallsFromSelf().stream())
                .map(JavaConstructorCall::getTargetOwner);
    }

    private static Stream<JavaFieldAccess> accesses(Class<?> reasons) {
        return CODE.stream()
                .filter(type -> !type.isEquivalentTo(reasons) && !isSwitchTable(type))
                // The contract names reasons to explain them; only what it refuses to read it says itself.
                .filter(type ->
                        reasons == Refusal.class || !type.getPackageName().startsWith("io.keyturn.contract"))
                .flatMap(type -> type.getFieldAccessesFromSelf().stream())
                .filter(access -> access.getTargetOwner().isEquivalentTo(reasons));
    }

    /** What the compiler makes for a switch reads every constant the switch names; nobody says anything there. */
    private static boolean isSwitchTable(JavaClass type) {
        return type.getFields().stream().anyMatch(field -> field.getName().startsWith("$SwitchMap$"));
    }
}
