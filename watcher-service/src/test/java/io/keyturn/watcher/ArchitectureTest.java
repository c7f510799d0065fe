package io.keyturn.watcher;

import java.util.List;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.keyturn.testbed.architecture.ArchitectureRules;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

@AnalyzeClasses(packages = "io.keyturn.watcher", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule pureCoreKnowsOnlyTheContract = ArchitectureRules.pure(
            List.of("io.keyturn.watcher.filter", "io.keyturn.watcher.statement", "io.keyturn.watcher.due"),
            "com.cronutils..");

    @ArchTest
    static final ArchRule cronIsReadWhereDatesAreDecidedAlone = noClasses()
            .that()
            .resideOutsideOfPackage("io.keyturn.watcher.due")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.cronutils..");

    @ArchTest
    static final ArchRule servicesAreStrangers = ArchitectureRules.knowsNoServiceBut("io.keyturn.watcher");

    @ArchTest
    static final ArchRule onlyTheMessageInterfaceLogs = ArchitectureRules.onlyLogsThrough(WatcherLog.class);

    @ArchTest
    static final ArchRule onlyTheBridgeWaits = ArchitectureRules.onlyTheBridgeWaits();

    @ArchTest
    static final ArchRule onlyObserveReadsValues = noClasses()
            .that()
            .resideOutsideOfPackage("..watcher.observe..")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("io.fabric8.kubernetes.api.model.Secret");
}
