package io.keyturn.watcher;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

@AnalyzeClasses(packages = "io.keyturn.watcher", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule pureCoreKnowsOnlyTheContract = classes()
            .that()
            .resideInAnyPackage("..watcher.filter..", "..watcher.statement..", "..watcher.due..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "io.keyturn.contract..",
                    "..watcher.filter..",
                    "..watcher.statement..",
                    "..watcher.due..",
                    "com.cronutils..",
                    "org.jspecify..");

    @ArchTest
    static final ArchRule servicesAreStrangers = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.keyturn.rotation..", "io.keyturn.restart..", "io.keyturn.audit..");

    @ArchTest
    static final ArchRule onlyTheMessageInterfaceLogs = noClasses()
            .that()
            .haveNameNotMatching(".*WatcherLog.*")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("org.jboss.logging.Logger");

    @ArchTest
    static final ArchRule onlyObserveReadsValues = noClasses()
            .that()
            .resideOutsideOfPackage("..watcher.observe..")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("io.fabric8.kubernetes.api.model.Secret");
}
