package io.keyturn.rotation;

import java.util.List;
import java.util.random.RandomGenerator;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.keyturn.testbed.architecture.ArchitectureRules;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

@AnalyzeClasses(packages = "io.keyturn.rotation", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule THE_CORE_IS_PURE = ArchitectureRules.pure(
            List.of(
                    "io.keyturn.rotation.saga..",
                    "io.keyturn.rotation.policy..",
                    "io.keyturn.rotation.template..",
                    "io.keyturn.rotation.credential..",
                    "io.keyturn.rotation.outcome..",
                    "io.keyturn.rotation.bulkhead.."),
            "io.keyturn.kit.secret",
            "io.keyturn.kit.backoff");

    @ArchTest
    static final ArchRule NO_OTHER_SERVICE_IS_KNOWN = ArchitectureRules.knowsNoServiceBut("io.keyturn.rotation");

    @ArchTest
    static final ArchRule ONLY_THE_LOG_INTERFACE_LOGS = ArchitectureRules.onlyLogsThrough(RotationLog.class);

    @ArchTest
    static final ArchRule ONLY_THE_BRIDGE_WAITS = ArchitectureRules.onlyTheBridgeWaits();

    /** Values, and whatever else is drawn beside them, come from a {@link java.security.SecureRandom}. */
    @ArchTest
    static final ArchRule CHANCE_CANNOT_BE_FORETOLD = noClasses()
            .should()
            .dependOnClassesThat()
            .haveNameMatching("java\\.util\\.(Random|SplittableRandom|random\\.RandomGeneratorFactory"
                    + "|concurrent\\.ThreadLocalRandom)")
            .orShould()
            .callMethod(RandomGenerator.class, "getDefault")
            .orShould()
            .callMethod(RandomGenerator.class, "of", String.class)
            .orShould()
            .callMethod(Math.class, "random");

    @ArchTest
    static final ArchRule SQL_STAYS_WITH_THE_TARGET = noClasses()
            .that()
            .resideOutsideOfPackage("io.keyturn.rotation.target.postgres..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.sql..", "org.postgresql..");

    @ArchTest
    static final ArchRule EACH_STORE_AND_PUBLICATION_IS_KNOWN_BY_ITS_INTERFACE_ONLY = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "io.keyturn.rotation.secretstore.vault..",
                    "io.keyturn.rotation.publication.kubernetes..",
                    "io.keyturn.rotation.target.postgres..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.keyturn.rotation.secretstore.vault..",
                    "io.keyturn.rotation.publication.kubernetes..",
                    "io.keyturn.rotation.target.postgres..");
}
