package io.keyturn.audit;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.jboss.logging.Logger;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

@AnalyzeClasses(packages = "io.keyturn.audit", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule THE_RECORD_IS_PURE = classes()
            .that()
            .resideInAPackage("io.keyturn.audit.record..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "io.keyturn.contract..", "io.keyturn.audit.record..", "org.jspecify..");

    @ArchTest
    static final ArchRule NO_OTHER_SERVICE_IS_KNOWN = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.keyturn.watcher..", "io.keyturn.rotation..", "io.keyturn.restart..");

    @ArchTest
    static final ArchRule ONLY_THE_LOG_INTERFACE_LOGS = noClasses()
            .that()
            .doNotHaveSimpleName("AuditLog")
            .and()
            .haveNameNotMatching(".*AuditLog_\\$logger")
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(Logger.class);
}
