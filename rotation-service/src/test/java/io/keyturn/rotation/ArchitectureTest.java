package io.keyturn.rotation;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

@AnalyzeClasses(packages = "io.keyturn.rotation", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String[] PURE = {
        "io.keyturn.rotation.saga..",
        "io.keyturn.rotation.policy..",
        "io.keyturn.rotation.template..",
        "io.keyturn.rotation.credential..",
        "io.keyturn.rotation.outcome.."
    };

    @ArchTest
    static final ArchRule THE_CORE_IS_PURE = classes()
            .that()
            .resideInAnyPackage(PURE)
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "io.keyturn.contract..",
                    "io.keyturn.kit.secret..",
                    "org.jspecify..",
                    PURE[0],
                    PURE[1],
                    PURE[2],
                    PURE[3],
                    PURE[4]);

    @ArchTest
    static final ArchRule NO_OTHER_SERVICE_IS_KNOWN = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.keyturn.watcher..", "io.keyturn.restart..", "io.keyturn.audit..");

    @ArchTest
    static final ArchRule ONLY_THE_LOG_INTERFACE_LOGS = noClasses()
            .that()
            .doNotHaveSimpleName("RotationLog")
            .and()
            .haveNameNotMatching(".*RotationLog_\\$logger")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.jboss.logging..", "org.slf4j..", "java.util.logging..");

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
