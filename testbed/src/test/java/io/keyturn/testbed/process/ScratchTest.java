package io.keyturn.testbed.process;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ScratchTest {

    /** As in a test run of Quarkus, which loads the testbed once for itself and once for the tests that it does not run. */
    @Test
    void secondClassLoaderLeavesTheFoldersOfTheFirstAlone() throws Exception {
        var first = Scratch.folder("data");
        var file = Files.writeString(first.resolve("page"), "in use");

        Path second;
        try (var other = new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader())) {
            var scratch = other.loadClass(Scratch.class.getName());
            assertThat(scratch).isNotEqualTo(Scratch.class);
            second = (Path) scratch.getMethod("folder", String.class).invoke(null, "data");
        }

        assertThat(file).hasContent("in use");
        assertThat(second).isEmptyDirectory().isNotEqualTo(first);
        Scratch.delete(first);
        Scratch.delete(second);
    }

    private static URL[] classPath() throws Exception {
        List<URL> urls = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            urls.add(Path.of(entry).toUri().toURL());
        }
        return urls.toArray(URL[]::new);
    }
}
