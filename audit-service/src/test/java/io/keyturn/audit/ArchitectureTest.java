package io.keyturn.audit;

import java.util.List;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.keyturn.testbed.architecture.ArchitectureRules;

@AnalyzeClasses(packages = "io.keyturn.audit", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule THE_RECORD_IS_PURE = ArchitectureRules.pure(List.of("io.keyturn.audit.record.."));

    @ArchTest
    static final ArchRule NO_OTHER_SERVICE_IS_KNOWN = ArchitectureRules.knowsNoServiceBut("io.keyturn.audit");

    @ArchTest
    static final ArchRule ONLY_THE_LOG_INTERFACE_LOGS = ArchitectureRules.onlyLogsThrough(AuditLog.class);

    @ArchTest
    static final ArchRule ONLY_THE_BRIDGE_WAITS = ArchitectureRules.onlyTheBridgeWaits();
}
