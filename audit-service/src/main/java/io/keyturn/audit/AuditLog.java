package io.keyturn.audit;

import java.lang.invoke.MethodHandles;

import io.keyturn.audit.record.Fault;
import org.jboss.logging.Logger;
import org.jboss.logging.annotations.LogMessage;
import org.jboss.logging.annotations.Message;
import org.jboss.logging.annotations.MessageLogger;

/** Everything audit-service can log. Ids 5000 to 5099. */
@MessageLogger(projectCode = "KT", length = 4)
public interface AuditLog {
    AuditLog LOG = Logger.getMessageLogger(MethodHandles.lookup(), AuditLog.class, "io.keyturn.audit");

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 5001, value = "Recording waits, attempt %d failed: %s")
    void recordingHeldUp(int attempt, String reason);

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 5002, value = "Recording goes on after %d failed attempts")
    void recordingGoesOn(int attempts);

    @LogMessage(level = Logger.Level.ERROR)
    @Message(id = 5003, value = "The audit chain does not hold at entry %d: %s")
    void chainBroken(long seq, Fault fault);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 5004, value = "The database did not answer a reader: %s")
    void readFailed(String reason);
}
