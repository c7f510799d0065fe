package io.keyturn.watcher;

import java.lang.invoke.MethodHandles;

import io.keyturn.contract.event.RequestReason;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.RotationId;
import org.jboss.logging.Logger;
import org.jboss.logging.annotations.LogMessage;
import org.jboss.logging.annotations.Message;
import org.jboss.logging.annotations.MessageLogger;

/** Everything watcher-service can log. Ids 2000 to 2099. Failures appear as a code or a class name, never with their text. */
@MessageLogger(projectCode = "KT", length = 4)
public interface WatcherLog {
    WatcherLog LOG = Logger.getMessageLogger(MethodHandles.lookup(), WatcherLog.class, "io.keyturn.watcher");

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 2000, value = "Leading as %s")
    void leading(String instance);

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 2001, value = "Not leading any more")
    void notLeading();

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 2002, value = "Election failed (%s); trying again")
    void electionFailed(String failure);

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 2003, value = "The topic states %s objects, incarnation %s")
    void topicRead(int objects, int incarnation);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 2004, value = "%s records of the topic are no statements and were put aside")
    void recordsPutAside(int records);

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 2005, value = "In step with the cluster: %s objects stated")
    void inStep(int objects);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 2006, value = "The versions of the cluster went back: incarnation %s begins")
    void newIncarnation(int incarnation);

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 2007, value = "Fingerprint master generations in force: %s")
    void masters(String generations);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 2008, value = "%s held up (%s); trying again")
    void heldUp(String step, String failure);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 2009, value = "%s: held up (%s); trying again")
    void objectHeldUp(ObjectRef object, String failure);

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 2010, value = "%s: rotation %s requested, reason %s")
    void requested(ObjectRef policy, RotationId id, RequestReason reason);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 2011, value = "Watch of %s interrupted (%s); it starts again")
    void watchInterrupted(String resource, String failure);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 2012, value = "An object was passed over: its metadata cannot be named in an event (%s)")
    void unnameable(String failure);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 2013, value = "Lease %s in namespace %s cannot be read or written (%s); trying again")
    void leaseOutOfReach(String lease, String namespace, String failure);

    @LogMessage(level = Logger.Level.WARN)
    @Message(
            id = 2014,
            value = "%s: passed over until it is smaller: an event about all its keys would exceed %s bytes")
    void passedOver(ObjectRef object, int bytes);
}
