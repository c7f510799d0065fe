package io.keyturn.testbed.architecture;

import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.CompositeArchRule;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

/** The rules that every service keeps; its own architecture test names its packages, and adds what holds there alone. */
public final class ArchitectureRules {
    private static final List<String> SERVICES =
            List.of("io.keyturn.watcher", "io.keyturn.rotation", "io.keyturn.restart", "io.keyturn.audit");
    private static final List<String> TESTS = List.of("io.keyturn.testbed..", "io.keyturn.system..");

    /** Of {@code java.*}, what is no function of its arguments: files, sockets, databases, threads, the machine's clock, chance. */
    private static final DescribedPredicate<JavaClass> WORLD = resideInAnyPackage(
                    "java.nio.file..", "java.net.http..", "java.sql..", "javax.sql..", "java.util.logging..")
            .or(describe(
                    "files, sockets, threads, a clock or chance",
                    type -> Pattern.matches(
                            "java\\.(io\\.(File|RandomAccess).*|net\\..*Socket.*|lang\\.(Thread|Process).*"
                                    + "|time\\.Clock|util\\.concurrent\\.(Executor|Future|Completable|Scheduled|ThreadLocalRandom).*"
                                    + "|security\\.SecureRandom|util\\.(Random|SplittableRandom))",
                            type.getName())));

    private static final DescribedPredicate<JavaClass> LOGGERS = resideInAnyPackage(
                    "org.jboss.logging..",
                    "org.jboss.logmanager..",
                    "org.slf4j..",
                    "java.util.logging..",
                    "org.apache.commons.logging..",
                    "org.apache.logging..",
                    "io.quarkus.logging..")
            .or(describe(
                    "java.lang.System.Logger or java.lang.IO",
                    type -> type.getName().startsWith("java.lang.System$Logger")
                            || type.getName().equals("java.lang.IO")));

    private ArchitectureRules() {}

    /**
     * The packages import {@code java.*}, the contract and each other, and reach neither for the world outside nor for the time:
     * what they decide follows from what they are given, docs/adr/0022.
     *
     * @param packages the pure packages of a service
     * @param more packages that are functions of their arguments too; each is named in docs/adr/0022
     */
    public static ArchRule pure(Collection<String> packages, String... more) {
        var pure = packages.toArray(String[]::new);
        var known = Stream.of(
                        Stream.of("java..", "io.keyturn.contract..", "org.jspecify.."),
                        packages.stream(),
                        Stream.of(more))
                .flatMap(names -> names)
                .toArray(String[]::new);
        return CompositeArchRule.of(classes()
                        .that()
                        .resideInAnyPackage(pure)
                        .should()
                        .onlyDependOnClassesThat()
                        .resideInAnyPackage(known))
                .and(noClasses()
                        .that()
                        .resideInAnyPackage(pure)
                        .should()
                        .dependOnClassesThat(WORLD)
                        .orShould()
                        .accessTargetWhere(
                                describe("asks for the time or for chance", ArchitectureRules::asksTheWorld)))
                .as("pure packages import java.*, the contract and each other, and are functions of their arguments");
    }

    /** Services know the contract and the kit, never each other, and nothing that is made for tests. */
    public static ArchRule knowsNoServiceBut(String... own) {
        var others = Stream.concat(
                        SERVICES.stream()
                                .filter(service -> !List.of(own).contains(service))
                                .map(service -> service + ".."),
                        TESTS.stream())
                .toArray(String[]::new);
        return noClasses().should().dependOnClassesThat().resideInAnyPackage(others);
    }

    /**
     * Whatever is said goes through one typed interface, and from there to one JSON line: no other logger, no standard stream, no
     * stack trace; docs/adr/0009.
     *
     * @param log the interface; what is generated from it may log too
     * @param plumbing names of classes that set logging up, or stand in for it before it is; each says why
     */
    public static ArchRule onlyLogsThrough(Class<?> log, String... plumbing) {
        var allowed = Stream.concat(Stream.of(log.getName(), log.getName() + "_$logger"), Stream.of(plumbing))
                .map(Pattern::quote)
                .collect(Collectors.joining("|"));
        return noClasses()
                .that()
                .haveNameNotMatching("(" + allowed + ")(\\$.*)?")
                .should()
                .dependOnClassesThat(LOGGERS)
                .orShould()
                .accessTargetWhere(describe("prints", ArchitectureRules::prints))
                .as("nobody logs or prints but " + log.getSimpleName());
    }

    /** One place alone makes a thread wait for a Uni, so that no event loop ever does; docs/adr/0002. */
    public static ArchRule onlyTheBridgeWaits() {
        return noClasses()
                .that()
                .resideOutsideOfPackage("io.keyturn.kit.bridge")
                .should()
                .accessTargetWhere(describe("waits for a Uni", ArchitectureRules::waits))
                .as("only the bridge waits for a Uni");
    }

    private static boolean waits(JavaAccess<?> access) {
        var owner = access.getTargetOwner().getName();
        return (owner.equals("io.smallrye.mutiny.Uni") && access.getName().equals("await"))
                || owner.equals("io.quarkus.vertx.VertxContextSupport");
    }

    private static boolean prints(JavaAccess<?> access) {
        var owner = access.getTargetOwner();
        return switch (access.getName()) {
            case "out", "err", "setOut", "setErr", "console" -> owner.isEquivalentTo(System.class);
            case "printStackTrace" -> owner.isAssignableTo(Throwable.class);
            case "dumpStack" -> owner.isEquivalentTo(Thread.class);
            default -> false;
        };
    }

    private static boolean asksTheWorld(JavaAccess<?> access) {
        var owner = access.getTargetOwner();
        return switch (access.getName()) {
            case "now" -> owner.getPackageName().startsWith("java.time");
            case "currentTimeMillis", "nanoTime", "getenv", "getProperty" -> owner.isEquivalentTo(System.class);
            case "randomUUID" -> owner.isEquivalentTo(java.util.UUID.class);
            case "random" -> owner.isEquivalentTo(Math.class);
            default -> false;
        };
    }
}
