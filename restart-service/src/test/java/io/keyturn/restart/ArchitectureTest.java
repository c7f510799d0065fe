package io.keyturn.restart;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

/** What may depend on what. */
@AnalyzeClasses(packages = "io.keyturn.restart", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String[] PURE = {
        "io.keyturn.restart.reference..",
        "io.keyturn.restart.baseline..",
        "io.keyturn.restart.plan..",
        "io.keyturn.restart.rollout.."
    };

    @ArchTest
    static final ArchRule THE_CORE_IS_PURE = classes()
            .that()
            .resideInAnyPackage(PURE)
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "org.jspecify.annotations..",
                    "io.keyturn.contract..",
                    "io.keyturn.restart.reference..",
                    "io.keyturn.restart.baseline..",
                    "io.keyturn.restart.plan..",
                    "io.keyturn.restart.rollout..");

    @ArchTest
    static final ArchRule NO_OTHER_SERVICE = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.keyturn.watcher..", "io.keyturn.rotation..", "io.keyturn.audit..");

    @ArchTest
    static final ArchRule ONLY_THE_LOG_LOGS = noClasses()
            .that()
            .haveNameNotMatching("io\\.keyturn\\.restart\\.RestartLog.*")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.jboss.logging..", "org.slf4j..", "java.util.logging..");

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
