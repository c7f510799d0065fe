package io.keyturn.rotation;

import java.lang.invoke.MethodHandles;

import io.keyturn.contract.event.RequestReason;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.rotation.target.Target.Standing;
import org.jboss.logging.Logger;
import org.jboss.logging.annotations.LogMessage;
import org.jboss.logging.annotations.Message;
import org.jboss.logging.annotations.MessageLogger;

/** Everything rotation-service can log. Ids 3000 to 3099. */
@MessageLogger(projectCode = "KT", length = 4)
public interface RotationLog {
    RotationLog LOG = Logger.getMessageLogger(MethodHandles.lookup(), RotationLog.class, "io.keyturn.rotation");

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 3001, value = "%s accepted for %s: %s")
    void accepted(RotationId run, ObjectRef policy, RequestReason reason);

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 3002, value = "%s of %s: %s")
    void entered(RotationId run, ObjectRef policy, String phase);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 3003, value = "%s of %s goes back: %s")
    void turnsBack(RotationId run, ObjectRef policy, RotationReason reason);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 3004, value = "%s of %s was taken over by another process")
    void takenOver(RotationId run, ObjectRef policy);

    @LogMessage(level = Logger.Level.ERROR)
    @Message(id = 3005, value = "%s of %s met an unexpected %s and is tried again later")
    void unexpected(RotationId run, ObjectRef policy, String exceptionClass);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 3006, value = "%s is held up: %s")
    void heldUp(String what, String exceptionClass);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 3007, value = "%s of %s could not note itself at the store's path: %s")
    void noteMissing(RotationId run, String policy, String kind);

    @LogMessage(level = Logger.Level.WARN)
    @Message(
            id = 3008,
            value = "%s of %s is left alone: its state %s is one that another version of this service wrote")
    void unreadable(RotationId run, ObjectRef policy, String phase);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 3009, value = "%s of %s stands still at %s for ever, as a setting for tests asks it to")
    void standsStill(RotationId run, ObjectRef policy, String point);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 3010, value = "The target refuses the stored credential of %s: %s")
    void drifted(ObjectRef policy, Standing standing);

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 3011, value = "The target accepts the stored credential of %s again")
    void driftCleared(ObjectRef policy);
}
