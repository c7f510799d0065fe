package io.keyturn.kit.start;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What a stream makes of what libraries print. */
class StandardErrorTest {
    private static final String HERE = StandardErrorTest.class.getName();
    private static final String SECRET = "hunter2";

    private final List<String> told = new CopyOnWriteArrayList<>();
    private final StandardError stream = new StandardError((who, what) -> told.add(who + " " + what));

    private static IllegalStateException failure() {
        var failure = new IllegalStateException("FATAL: " + SECRET, new IllegalArgumentException("cause: " + SECRET));
        failure.addSuppressed(new ArithmeticException(SECRET));
        return failure;
    }

    @Test
    void stackTraceIsOneLineWithTheClassAndWhoPrinted() {
        failure().printStackTrace(stream);
        failure().printStackTrace(stream);
        assertThat(told).containsExactly(HERE + " IllegalStateException", HERE + " IllegalStateException");
    }

    @Test
    void threadThatEndsInAnExceptionIsOneLine() {
        // As java.lang.ThreadGroup does.
        stream.print("Exception in thread \"" + SECRET + "\" ");
        failure().printStackTrace(stream);
        assertThat(told).containsExactly(HERE + " IllegalStateException");
    }

    @Test
    void textIsALineEachAndItsWordsAreLeftOut() {
        stream.println(SECRET);
        stream.printf("%s and %n", SECRET);
        stream.print(SECRET);
        stream.print(SECRET);
        stream.println();
        stream.println();
        stream.write((SECRET + "\r\n" + SECRET + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8), 0, 17);
        assertThat(told).hasSize(5).allMatch((HERE + " a line")::equals);
    }

    @Test
    void partOfALineIsNoLine() {
        stream.print("Caused");
        stream.flush();
        assertThat(told).isEmpty();
        stream.println();
        assertThat(told).containsExactly(HERE + " a line");
    }
}
