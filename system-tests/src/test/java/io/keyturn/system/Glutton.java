package io.keyturn.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

import com.sun.tools.attach.AgentInitializationException;
import com.sun.tools.attach.AgentLoadException;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;

import static java.util.Objects.requireNonNull;

/** Eats up the heap of another process, from within. */
public final class Glutton {
    private static final int BITE = 1 << 18;

    private Glutton() {}

    /** Lets it into that process. Returns when it has begun. */
    static void letInto(long pid) throws IOException {
        var jar = jar();
        try {
            var machine = VirtualMachine.attach(String.valueOf(pid));
            try {
                machine.loadAgent(jar.toString());
            } finally {
                machine.detach();
            }
        } catch (AttachNotSupportedException | AgentLoadException | AgentInitializationException e) {
            throw new IOException("cannot be let in", e);
        } finally {
            Files.delete(jar);
        }
    }

    /** Called by the JVM of that process, which has nothing of ours but this class. */
    public static void agentmain(String arguments) {
        new Thread("glutton") {
            @Override
            public void run() {
                var eaten = new ArrayList<byte[]>();
                while (eaten.size() < Integer.MAX_VALUE) {
                    eaten.add(new byte[BITE]);
                }
            }
        }.start();
    }

    private static Path jar() throws IOException {
        var manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Agent-Class", Glutton.class.getName());
        var file = Files.createTempFile("glutton", ".jar");
        try (var jar = new JarOutputStream(Files.newOutputStream(file), manifest)) {
            for (var name : new String[] {"Glutton.class", "Glutton$1.class"}) {
                jar.putNextEntry(new JarEntry("io/keyturn/system/" + name));
                try (var code = requireNonNull(Glutton.class.getResourceAsStream(name))) {
                    code.transferTo(jar);
                }
            }
        }
        return file;
    }
}
