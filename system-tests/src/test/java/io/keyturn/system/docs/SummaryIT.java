package io.keyturn.system.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What {@code make test} ends with: its exit code is the answer, so it must not be kinder than the reports. */
class SummaryIT {
    private static final String PASSED = "<testcase classname='a.ATest' name='works' time='1,500.5'/>";
    private static final String FAILED =
            "<testcase classname='a.ATest' name='breaks' time='1'><failure type='a.B' message='no'>at x</failure></testcase>";
    private static final String BROKEN =
            "<testcase classname='a.AIT' name='dies' time='1'><error type='java.lang.Oops'>\nat x</error></testcase>";
    private static final String SKIPPED =
            "<testcase classname='a.ATest' name='waits'><skipped message='no engine'/></testcase>";

    @TempDir
    Path folder;

    @Test
    void reportsOfAllModulesAreAddedUp() throws Exception {
        report("contract", "surefire-reports", PASSED + PASSED + SKIPPED);
        report("kit", "surefire-reports", PASSED);
        report("kit", "failsafe-reports", PASSED);

        var run = summary();

        assertThat(run.exit()).isZero();
        assertThat(run.output())
                .containsPattern("contract +2 +0 +1 ")
                .containsPattern("kit +2 +0 +0 ")
                .contains("ATest.waits (no engine)")
                .endsWith("\n4 passed, 0 failed, 1 skipped\n");
    }

    @Test
    void oneFailureOrErrorIsEnoughAndIsNamed() throws Exception {
        report("contract", "surefire-reports", PASSED + FAILED);
        report("kit", "failsafe-reports", PASSED + BROKEN);

        var run = summary();

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.output())
                .contains("contract: ATest.breaks\n      B: no\n", "kit: AIT.dies\n      Oops: ")
                .endsWith("\n2 passed, 2 failed, 0 skipped\n");
    }

    @Test
    void nothingThatRanIsNoSuccess() throws Exception {
        assertThat(summary().exit()).isEqualTo(1);

        report("contract", "surefire-reports", SKIPPED);

        assertThat(summary().exit()).isEqualTo(1);
    }

    private void report(String module, String kind, String cases) throws IOException {
        var file = folder.resolve(module).resolve("target").resolve(kind).resolve("TEST-a.xml");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "<testsuite>" + cases + "</testsuite>");
    }

    private CommandsIT.Run summary() throws IOException, InterruptedException {
        return CommandsIT.output(new ProcessBuilder(
                        "python3", Repository.ROOT.resolve("build/summary").toString())
                .directory(folder.toFile()));
    }
}
