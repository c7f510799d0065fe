package io.keyturn.restart;

import java.lang.invoke.MethodHandles;

import io.keyturn.contract.event.RestartReason;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PlanId;
import io.keyturn.contract.reference.WorkloadRef;
import org.jboss.logging.Logger;
import org.jboss.logging.annotations.LogMessage;
import org.jboss.logging.annotations.Message;
import org.jboss.logging.annotations.MessageLogger;

/** Everything this service can log. Ids 4000 to 4099. */
@MessageLogger(projectCode = "KT", length = 4)
public interface RestartLog {
    RestartLog LOG = Logger.getMessageLogger(MethodHandles.lookup(), RestartLog.class, "io.keyturn.restart");

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 4001, value = "Plan %s for %s: %d to roll, %d unaffected")
    void planned(PlanId plan, ObjectRef trigger, int workloads, int unaffected);

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 4002, value = "Plan %s: patched %s, generation %d")
    void patched(PlanId plan, WorkloadRef workload, long generation);

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 4003, value = "Plan %s completed: %d rolled, %d unaffected")
    void completed(PlanId plan, int rolled, int unaffected);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 4004, value = "Plan %s failed: %s, %s")
    void failed(PlanId plan, RestartReason reason, WorkloadRef workload);

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 4005, value = "Plan %s superseded by %s")
    void superseded(PlanId plan, PlanId by);

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 4006, value = "Plan %s for %s taken over")
    void takenOver(PlanId plan, ObjectRef trigger);

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 4007, value = "Plan %s: %s is patched; its update strategy leaves the pods to its owner")
    void leftToOwner(PlanId plan, WorkloadRef workload);

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 4010, value = "Watching %d workloads; baselines of %d that are gone were forgotten")
    void started(int workloads, int forgotten);

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 4011, value = "No SecretRotation resource in this cluster: restarts go by annotations alone")
    void withoutPolicies();

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 4012, value = "Watch of %s interrupted, tried again: %s, HTTP %d")
    void watchInterrupted(String resource, String exceptionClass, int status);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 4013, value = "A %s with uid %s cannot be read: %s")
    void objectUnreadable(String kind, String uid, String exceptionClass);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 4014, value = "What workloads had in use is not known any more: a finding about each of %d objects")
    void baselinesLost(int objects);

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 4015, value = "Topic %s: %d partitions are read from their beginning")
    void readFromTheBeginning(String topic, int partitions);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 4016, value = "Where to read topic %s from is not known yet: %s")
    void firstReadingHeldUp(String topic, String exceptionClass);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 4020, value = "Planning is held up: %s")
    void planningHeldUp(String exceptionClass);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 4021, value = "Plan %s is held up: %s")
    void planHeldUp(PlanId plan, String exceptionClass);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 4022, value = "Plan %s: patch of %s refused, HTTP %d")
    void patchRefused(PlanId plan, WorkloadRef workload, int status);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 4023, value = "Plan %s: patch of %s not answered, sent again: %s")
    void patchUnknown(PlanId plan, WorkloadRef workload, String cause);

    @LogMessage(level = Logger.Level.DEBUG)
    @Message(id = 4024, value = "No Kubernetes Event on %s: HTTP %d")
    void eventNotWritten(WorkloadRef workload, int status);
}
