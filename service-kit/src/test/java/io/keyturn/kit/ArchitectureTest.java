package io.keyturn.kit;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.keyturn.kit.outbox.KitLog;
import io.keyturn.kit.secret.SecretValue;
import io.keyturn.testbed.architecture.ArchitectureRules;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

@AnalyzeClasses(packages = "io.keyturn.kit", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule kitKnowsTheContractAndNoService = ArchitectureRules.knowsNoServiceBut();

    @ArchTest
    static final ArchRule secretsAndFingerprintsNeedNoFramework = classes()
            .that()
            .resideInAnyPackage("io.keyturn.kit.secret", "io.keyturn.kit.fingerprint")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "javax.crypto..",
                    "org.jspecify..",
                    "com.fasterxml.jackson..",
                    "io.keyturn.contract..",
                    "io.keyturn.kit.secret..",
                    "io.keyturn.kit.fingerprint..");

    /** LastWords speaks while logging is not set up yet; StandardError makes log lines of what others print. */
    @ArchTest
    static final ArchRule onlyTheLogInterfaceTouchesALogger = ArchitectureRules.onlyLogsThrough(
            KitLog.class, "io.keyturn.kit.start.LastWords", "io.keyturn.kit.start.StandardError");

    @ArchTest
    static final ArchRule onlyTheBridgeWaitsForAUni = ArchitectureRules.onlyTheBridgeWaits();

    @ArchTest
    static final ArchRule nothingStoredOrSentHoldsASecretValue = noClasses()
            .that()
            .resideInAnyPackage(
                    "io.keyturn.kit.outbox",
                    "io.keyturn.kit.persistence",
                    "io.keyturn.kit.messaging",
                    "io.keyturn.kit.problem")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(SecretValue.class);
}
