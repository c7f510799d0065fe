package io.keyturn.kit.start;

import java.util.ArrayList;
import java.util.List;

import io.keyturn.contract.topic.Service;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;

/** The entry point of all four services. A start that fails is told in one log line; the process ends with code 1. */
@QuarkusMain
public final class Main {
    Main() {}

    /** Returns when the service has ended. */
    @SuppressWarnings("CatchAndPrintStackTrace")
    public static void main(String... arguments) {
        // Before anything logs: otherwise what is logged early is not JSON, and printed even if the start fails.
        System.setProperty("java.util.logging.manager", "org.jboss.logmanager.LogManager");
        LastWords.silenceGreetings();
        StandardError.capture();
        try {
            Quarkus.run(null, Main::ended, arguments);
        } catch (RuntimeException | LinkageError e) {
            ended(1, e);
        }
    }

    private static void ended(int code, @Nullable Throwable failure) {
        if (failure != null) {
            LastWords.tell(failure, complaints(failure));
        }
        System.exit(code);
    }

    /** Missing and malformed addresses first: they explain what was thrown better than it does itself. */
    private static List<Complaint> complaints(Throwable failure) {
        var thrown = StartFailure.complaints(failure);
        try {
            var service = ConfigProvider.getConfig().getValue("keyturn.service", Service.class);
            var found = new ArrayList<>(StartCheck.complaints(service));
            thrown.stream()
                    .filter(complaint ->
                            found.stream().noneMatch(known -> known.property().equals(complaint.property())))
                    .forEach(found::add);
            return found;
        } catch (RuntimeException e) {
            return thrown;
        }
    }
}
