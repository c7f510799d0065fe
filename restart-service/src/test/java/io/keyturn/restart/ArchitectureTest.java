package io.keyturn.restart;

import java.util.List;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.keyturn.testbed.architecture.ArchitectureRules;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

/** What may depend on what. */
@AnalyzeClasses(packages = "io.keyturn.restart", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule THE_CORE_IS_PURE = ArchitectureRules.pure(List.of(
            "io.keyturn.restart.reference..",
            "io.keyturn.restart.baseline..",
            "io.keyturn.restart.plan..",
            "io.keyturn.restart.rollout.."));

    @ArchTest
    static final ArchRule NO_OTHER_SERVICE = ArchitectureRules.knowsNoServiceBut("io.keyturn.restart");

    @ArchTest
    static final ArchRule ONLY_THE_LOG_LOGS = ArchitectureRules.onlyLogsThrough(RestartLog.class);

    @ArchTest
    static final ArchRule ONLY_THE_BRIDGE_WAITS = ArchitectureRules.onlyTheBridgeWaits();

    @ArchTest
    static final ArchRule SECRETS_AND_CONFIG_MAPS_ARE_OUT_OF_REACH = noClasses()
            .should()
            .callMethod(io.fabric8.kubernetes.client.KubernetesClient.class, "secrets")
            .orShould()
            .callMethod(io.fabric8.kubernetes.client.KubernetesClient.class, "configMaps");

    @ArchTest
    static final ArchRule ROWS_STAY_WITH_THEIR_STORES = noClasses()
            .that()
            .resideOutsideOfPackage("io.keyturn.restart.persistence..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.hibernate..", "jakarta.persistence..");
}
