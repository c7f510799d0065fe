package io.keyturn.kit.architecture;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.kit.bridge.Bridge;
import io.keyturn.kit.outbox.KitLog;
import io.keyturn.kit.trace.TraceContext;
import io.keyturn.testbed.architecture.ArchitectureRules;
import io.keyturn.testbed.process.RandomText;
import io.quarkus.logging.Log;
import io.smallrye.mutiny.Uni;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/** The rules find each way to break them. */
@SuppressWarnings({"SystemOut", "CatchAndPrintStackTrace", "unused"})
class ArchitectureRulesTest {
    private static final String HERE = ArchitectureRulesTest.class.getPackageName();

    private static boolean breaks(ArchRule rule, Class<?> type) {
        return rule.allowEmptyShould(true)
                .evaluate(new ClassFileImporter().importClasses(type))
                .hasViolation();
    }

    @Nested
    class Logging {
        private static final ArchRule RULE = ArchitectureRules.onlyLogsThrough(KitLog.class, Plumbing.class.getName());

        @ParameterizedTest
        @ValueSource(
                classes = {
                    JBoss.class,
                    Slf4j.class,
                    JavaUtil.class,
                    Quarkus.class,
                    Platform.class,
                    Out.class,
                    Err.class,
                    Console.class,
                    Trace.class,
                    Io.class
                })
        void otherWaysToSaySomethingAreFound(Class<?> offender) {
            assertThat(breaks(RULE, offender)).isTrue();
        }

        @Test
        void theInterfaceAndWhatIsNamedMayLog() {
            assertThat(breaks(RULE, KitLog.class)).isFalse();
            assertThat(breaks(RULE, Plumbing.class)).isFalse();
            assertThat(breaks(RULE, Typed.class)).isFalse();
        }
    }

    @Nested
    class Purity {
        private static final ArchRule RULE = ArchitectureRules.pure(List.of(HERE));

        @ParameterizedTest
        @ValueSource(
                classes = {
                    Now.class,
                    Chance.class,
                    Dice.class,
                    Key.class,
                    Disk.class,
                    Worker.class,
                    Kit.class,
                    JBoss.class
                })
        void whatReachesForTheWorldIsFound(Class<?> offender) {
            assertThat(breaks(RULE, offender)).isTrue();
        }

        @Test
        void aFunctionOfItsArgumentsIsPure() {
            assertThat(breaks(RULE, Function.class)).isFalse();
        }

        @Test
        void whatIsNamedMayBeUsed() {
            assertThat(breaks(ArchitectureRules.pure(List.of(HERE), "io.keyturn.kit.trace"), Kit.class))
                    .isFalse();
        }
    }

    @Test
    void whoKnowsAServiceOrTheTestbedIsFound() {
        assertThat(breaks(ArchitectureRules.knowsNoServiceBut(), Tester.class)).isTrue();
        assertThat(breaks(ArchitectureRules.knowsNoServiceBut(), Function.class))
                .isFalse();
    }

    @Test
    void whoWaitsForAUniIsFound() {
        assertThat(breaks(ArchitectureRules.onlyTheBridgeWaits(), Waiting.class))
                .isTrue();
        assertThat(breaks(ArchitectureRules.onlyTheBridgeWaits(), Bridge.class)).isFalse();
    }

    static final class JBoss {
        private final Logger logger = Logger.getLogger("x");
    }

    static final class Slf4j {
        private final org.slf4j.Logger logger = LoggerFactory.getLogger("x");
    }

    static final class JavaUtil {
        private final java.util.logging.Logger logger = java.util.logging.Logger.getLogger("x");
    }

    static final class Quarkus {
        static void say() {
            Log.info("x");
        }
    }

    static final class Platform {
        static void say() {
            System.getLogger("x").log(System.Logger.Level.INFO, "x");
        }
    }

    static final class Out {
        static void say() {
            System.out.println("x");
        }
    }

    static final class Err {
        static void say() {
            System.err.println("x");
        }
    }

    static final class Console {
        static void say() {
            Objects.requireNonNull(System.console()).printf("x");
        }
    }

    static final class Trace {
        static void say(IllegalStateException e) {
            e.printStackTrace();
        }
    }

    static final class Io {
        static void say() {
            IO.println("x");
        }
    }

    static final class Plumbing {
        static void say() {
            System.err.println("x");
        }
    }

    static final class Typed {
        static void say() {
            KitLog.LOG.inboxNotPruned("x");
        }
    }

    static final class Now {
        static Instant time() {
            return Instant.now();
        }
    }

    static final class Chance {
        static UUID id() {
            return UUID.randomUUID();
        }
    }

    static final class Dice {
        static int roll() {
            return new java.util.Random().nextInt(6);
        }
    }

    static final class Key {
        static byte[] bytes(int number) {
            var bytes = new byte[number];
            new java.security.SecureRandom().nextBytes(bytes);
            return bytes;
        }
    }

    static final class Waiting {
        static @Nullable String waits(Uni<String> uni) {
            return uni.await().indefinitely();
        }
    }

    static final class Disk {
        static boolean there(Path path) {
            return Files.exists(path);
        }
    }

    static final class Worker {
        static void begin() {
            Thread.ofVirtual().start(() -> {});
        }
    }

    static final class Kit {
        static Object trace() {
            return String.valueOf(TraceContext.current());
        }
    }

    static final class Tester {
        static String text() {
            return RandomText.ofLength(3);
        }
    }

    static final class Function {
        static ObjectRef of(String name, Instant at) {
            return ObjectRef.secret(name, at.plusSeconds(1).toString());
        }
    }
}
