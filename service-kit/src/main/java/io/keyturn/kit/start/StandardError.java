package io.keyturn.kit.start;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;

import io.keyturn.kit.outbox.KitLog;
import org.jspecify.annotations.Nullable;

/**
 * Standard error as the libraries in this process see it: whatever they print becomes a line of our log that says who printed, and
 * the class of an exception, and nothing of the text. A driver whose session was ended prints what the server said, the JVM prints
 * the message of whatever ends a thread; neither would be JSON, and either may quote what nobody should read.
 *
 * <p>What the JVM itself writes, such as its own warnings, does not come this way.
 */
final class StandardError extends PrintStream {
    private static final String SPEAKER = "standard-error";
    private static final Pattern INSIDE =
            Pattern.compile("(java|sun|jdk)\\..*|" + Pattern.quote(StandardError.class.getName()) + "(\\$.*)?");
    private static final StackWalker STACK = StackWalker.getInstance();
    private static @Nullable PrintStream original;

    private final BiConsumer<String, String> log;

    /** @param log is told who printed, and what kind of thing */
    StandardError(BiConsumer<String, String> log) {
        this(log, new Lines());
    }

    private StandardError(BiConsumer<String, String> log, Lines lines) {
        super(lines, true, StandardCharsets.UTF_8);
        this.log = log;
        lines.whenText(() -> tell("a line"));
    }

    /** From here on nobody prints to the standard error of the process. */
    static synchronized void capture() {
        if (original == null) {
            original = System.err;
            System.setErr(new StandardError(StandardError::logAside));
        }
    }

    /** Something that takes the real standard error for itself while it is made. */
    static synchronized <T> T given(Supplier<T> maker) {
        var captured = System.err;
        if (original == null) {
            return maker.get();
        }
        System.setErr(original);
        try {
            return maker.get();
        } finally {
            System.setErr(captured);
        }
    }

    /** Where {@link Throwable#printStackTrace()} begins; the lines that follow are recognised by their form. */
    @Override
    public void println(@Nullable Object printed) {
        if (printed instanceof Throwable failure) {
            ((Lines) out).forget();
            tell(failure.getClass().getSimpleName());
        } else {
            super.println(printed);
        }
    }

    private void tell(String what) {
        if (!Thread.currentThread().getName().equals(SPEAKER)) {
            log.accept(printer(), what);
        }
    }

    /** The first class on the stack that is neither ours here nor of the JDK. */
    private static String printer() {
        return STACK.walk(frames -> frames.map(StackWalker.StackFrame::getClassName)
                .filter(name -> !INSIDE.matcher(name).matches())
                .findFirst()
                .orElse("The JVM"));
    }

    /**
     * On a thread of its own: whoever prints a stack trace holds the lock of this stream, and a log handler that fails prints while
     * it holds its own.
     */
    private static void logAside(String printer, String what) {
        Thread.ofVirtual().name(SPEAKER).start(() -> KitLog.LOG.printed(printer, what));
    }

    /** Sees the bytes, keeps none: of each line only whether it belongs to a stack trace. */
    private static final class Lines extends OutputStream {
        private static final byte[] CAUSE = "Caused by:".getBytes(StandardCharsets.US_ASCII);

        private Runnable whenText = () -> {};
        private int length;
        private boolean indented;
        private boolean likeCause = true;

        void whenText(Runnable told) {
            whenText = told;
        }

        synchronized void forget() {
            length = 0;
            likeCause = true;
            indented = false;
        }

        @Override
        public synchronized void write(int b) {
            if (b == '\n') {
                boolean trace = indented || (likeCause && length >= CAUSE.length);
                boolean empty = length == 0;
                forget();
                if (!trace && !empty) {
                    whenText.run();
                }
            } else if (b != '\r') {
                indented |= length == 0 && b == '\t';
                likeCause &= length >= CAUSE.length || b == CAUSE[length];
                length++;
            }
        }

        @Override
        public synchronized void write(byte[] bytes, int offset, int count) {
            for (int i = offset; i < offset + count; i++) {
                write(bytes[i]);
            }
        }
    }
}
