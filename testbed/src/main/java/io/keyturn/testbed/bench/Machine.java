package io.keyturn.testbed.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;

import io.keyturn.testbed.platform.RunningService;
import io.keyturn.testbed.process.Scratch;
import io.keyturn.testbed.process.Tools;

/** What the figures depend on. */
final class Machine {
    private static final int WRITES = 200;

    private Machine() {}

    /** Facts by name; take it before anything else runs, it tells how busy the machine is by itself. */
    static Map<String, Object> facts() {
        var facts = new LinkedHashMap<String, Object>();
        facts.put("loadBefore", read(Path.of("/proc/loadavg")).split(" ", 2)[0]);
        facts.put("cpu", line("/proc/cpuinfo", "model name"));
        facts.put("cores", Runtime.getRuntime().availableProcessors());
        facts.put("memory", line("/proc/meminfo", "MemTotal"));
        facts.put("kernel", System.getProperty("os.version"));
        facts.put("java", System.getProperty("java.vm.version"));
        facts.put("serviceJvm", String.join(" ", RunningService.jvmOptions()));
        facts.put("postgres", "shared_buffers=32MB");
        facts.put("etcd", "no fsync");
        facts.put("commit", git("rev-parse", "HEAD"));
        facts.put("uncommitted", !git("status", "--porcelain").isEmpty());
        facts.put("fdatasyncMicros", Math.round(fdatasync().median() * 1000));
        return facts;
    }

    /** Milliseconds to make 4 KiB at the end of a file durable, where the servers keep their data. */
    private static Samples fdatasync() {
        var file = Scratch.folder("fdatasync").resolve("data");
        var times = new ArrayList<Long>();
        try (var channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int i = 0; i < WRITES; i++) {
                long begin = System.nanoTime();
                channel.write(ByteBuffer.allocate(4096));
                channel.force(false);
                times.add(System.nanoTime() - begin);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Samples.ofNanos(times);
    }

    private static String line(String file, String key) {
        return read(Path.of(file))
                .lines()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What git says about the working tree; empty without git. */
    private static String git(String... arguments) {
        var command = new ArrayList<String>();
        command.add("git");
        command.addAll(java.util.List.of(arguments));
        try {
            var git = new ProcessBuilder(command)
                    .directory(Tools.repository().toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
