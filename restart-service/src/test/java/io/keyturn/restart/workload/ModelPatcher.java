package io.keyturn.restart.workload;

import java.time.Clock;

import jakarta.enterprise.inject.Vetoed;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.keyturn.contract.reference.WorkloadRef;
import io.keyturn.restart.RestartConfig;
import io.keyturn.restart.simulation.Instance;
import io.keyturn.restart.simulation.Instance.Unanswered;
import io.keyturn.restart.simulation.ModelCluster;
import io.keyturn.restart.simulation.Nobody;
import io.keyturn.restart.simulation.RestartMistake;

/** Patches of one instance; and what else of this package it needs of a cluster. */
@Vetoed
public final class ModelPatcher extends WorkloadPatcher {
    private final Instance instance;
    private final ModelCluster cluster;
    private final RestartMistake mistake;
    private int sent;

    public ModelPatcher(Instance instance, ModelCluster cluster, RestartMistake mistake) {
        super(Nobody.as(KubernetesClient.class));
        this.instance = instance;
        this.cluster = cluster;
        this.mistake = mistake;
    }

    @Override
    public PatchResult patch(WorkloadRef workload, String hash) {
        var value = mistake == RestartMistake.SALTS_EVERY_PATCH ? hash + "-" + instance.name() + ++sent : hash;
        try {
            long generation = instance.call("patch " + workload.name(), () -> cluster.patch(workload.uid(), value));
            return generation == ModelCluster.REFUSED
                    ? new PatchResult.Refused(403)
                    : new PatchResult.Patched(generation);
        } catch (Unanswered e) {
            return mistake == RestartMistake.TAKES_NO_ANSWER_FOR_YES
                    ? new PatchResult.Patched(1)
                    : new PatchResult.Unknown("no answer");
        }
    }

    /** No target is asked for. */
    public static TargetLookup targets(Clock clock) {
        return new TargetLookup(Nobody.as(KubernetesClient.class), clock);
    }

    /** None is written. */
    public static WorkloadEvents events(RestartConfig config, Clock clock) {
        return new WorkloadEvents(Nobody.as(KubernetesClient.class), config, clock);
    }
}
