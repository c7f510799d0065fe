package io.keyturn.testbed.canary;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Reads files piece by piece; pieces overlap, so that a value across two of them is seen. */
final class FileSearch {

    private static final int PIECE = 8 << 20;

    private FileSearch() {}

    static void search(Path path, int overlap, SecretCanary.Look look) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(path)) {
            files = all.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path file : files) {
            try {
                searchFile(file, overlap, look);
            } catch (NoSuchFileException gone) {
                // A running server deletes files of its own.
            }
        }
    }

    private static void searchFile(Path file, int overlap, SecretCanary.Look look) throws IOException {
        try (InputStream content = Files.newInputStream(file)) {
            byte[] kept = new byte[0];
            while (true) {
                byte[] read = content.readNBytes(PIECE);
                byte[] piece = Arrays.copyOf(kept, kept.length + read.length);
                System.arraycopy(read, 0, piece, kept.length, read.length);
                look.at("files", file.toString(), piece);
                if (read.length < PIECE) {
                    return;
                }
                kept = Arrays.copyOfRange(piece, Math.max(0, piece.length - overlap), piece.length);
            }
        }
    }
}
