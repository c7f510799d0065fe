package io.keyturn.kit.start;

import java.util.List;
import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.keyturn.kit.outbox.KitLog;
import io.quarkus.bootstrap.logging.InitialConfigurator;
import io.quarkus.logging.json.runtime.JsonFormatter;
import org.jboss.logging.MDC;

/** The one line of a start that failed, even if it failed before logging was set up. */
final class LastWords {
    /** Held, for a logger that nobody holds forgets its level. */
    private static final List<Logger> GREETERS =
            Stream.of("org.hibernate").map(Logger::getLogger).toList();

    private LastWords() {}

    static void tell(Throwable failure, List<Complaint> complaints) {
        if (!isSetUp()) {
            InitialConfigurator.DELAYED_HANDLER.setHandlers(new Handler[] {ourLinesAlone()});
        }
        if (complaints.isEmpty()) {
            KitLog.LOG.startFailed(StartFailure.trace(failure));
            return;
        }
        MDC.put("property", Complaint.names(complaints, false));
        MDC.put("variable", Complaint.names(complaints, true));
        KitLog.LOG.refusesToStart(
                complaints.stream().map(Complaint::toString).distinct().collect(Collectors.joining("; ")));
    }

    /** What some libraries tell of themselves before logging is set up; should the start fail then, it would be printed as plain text. */
    static void silenceGreetings() {
        GREETERS.forEach(greeter -> greeter.setLevel(Level.WARNING));
    }

    /** A start that fails early gets a handler with the JDK's plain format. */
    private static boolean isSetUp() {
        var handlers = InitialConfigurator.DELAYED_HANDLER.getHandlers();
        return InitialConfigurator.DELAYED_HANDLER.isActivated()
                && Stream.of(handlers).noneMatch(handler -> handler.getFormatter() instanceof SimpleFormatter);
    }

    /** What others wanted to say so far is of no interest: nothing has begun. */
    private static Handler ourLinesAlone() {
        var console = StandardError.given(ConsoleHandler::new);
        console.setFormatter(new JsonFormatter());
        console.setFilter(record -> String.valueOf(record.getLoggerName()).startsWith("io.keyturn."));
        return console;
    }
}
