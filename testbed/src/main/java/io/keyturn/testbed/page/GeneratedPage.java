package io.keyturn.testbed.page;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;

import io.keyturn.testbed.process.Tools;

import static org.assertj.core.api.Assertions.assertThat;

/** A committed page that code makes. A test that finds it stale fails, or rewrites it under {@code -Dkeyturn.generate=true}. */
public final class GeneratedPage {
    private GeneratedPage() {}

    /** Fails unless the file holds exactly this content. */
    public static void assertFresh(String path, String content) {
        var file = Tools.repository().resolve(path);
        if (Boolean.getBoolean("keyturn.generate")) {
            try {
                Files.writeString(file, content);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        assertThat(file)
                .as("%s is made from code; run make generate", path)
                .exists()
                .content()
                .isEqualTo(content);
    }
}
