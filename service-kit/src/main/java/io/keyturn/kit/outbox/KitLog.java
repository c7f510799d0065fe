package io.keyturn.kit.outbox;

import java.lang.invoke.MethodHandles;
import java.util.UUID;

import org.jboss.logging.Logger;
import org.jboss.logging.annotations.LogMessage;
import org.jboss.logging.annotations.Message;
import org.jboss.logging.annotations.MessageLogger;

/** Everything the kit can log. Ids 1000 to 1099. */
@MessageLogger(projectCode = "KT", length = 4)
public interface KitLog {
    KitLog LOG = Logger.getMessageLogger(MethodHandles.lookup(), KitLog.class, "io.keyturn.kit");

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 1001, value = "The outbox waits: %s")
    void relayHeldUp(String exceptionClass);

    @LogMessage(level = Logger.Level.ERROR)
    @Message(id = 1002, value = "Fact %s was written by another version and stays in the outbox")
    void factUnreadable(UUID id);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 1003, value = "A record of %s waits: %s")
    void consumerHeldUp(String topic, String exceptionClass);

    @LogMessage(level = Logger.Level.ERROR)
    @Message(id = 1004, value = "A request failed, %s: %s at %s")
    void requestFailed(String instance, String exceptionClass, String place);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 1005, value = "Old rows of the inbox stay for now: %s")
    void inboxNotPruned(String exceptionClass);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 1006, value = "%s printed %s; its text is left out")
    void printed(String printer, String what);

    @LogMessage(level = Logger.Level.FATAL)
    @Message(id = 1010, value = "Refuses to start: %s")
    void refusesToStart(String complaints);

    @LogMessage(level = Logger.Level.FATAL)
    @Message(id = 1011, value = "The start failed: %s")
    void startFailed(String classesAndPlace);
}
