package io.keyturn.restart.workload;

import java.time.Duration;

import jakarta.enterprise.inject.Vetoed;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.keyturn.restart.plan.Workload;
import io.keyturn.restart.simulation.Instance;
import io.keyturn.restart.simulation.ModelCluster;
import io.keyturn.restart.simulation.Nobody;

/** What one instance sees of the cluster: late, but in order; now and then the watch breaks, and all is listed anew. */
@Vetoed
public final class ModelWatch extends WorkloadInformers {
    private final Instance instance;
    private final ModelCluster cluster;
    private final WorkloadIndex index;
    private boolean listed;

    public ModelWatch(Instance instance, ModelCluster cluster, WorkloadIndex index) {
        super(Nobody.as(KubernetesClient.class), index);
        this.instance = instance;
        this.cluster = cluster;
        this.index = index;
    }

    @Override
    public void start(Listener listener) {
        instance.start("watch", () -> watch(listener));
    }

    @Override
    public boolean synced() {
        return listed;
    }

    @Override
    public void stop() {
        // It ends with its process.
    }

    private void watch(Listener listener) {
        var world = instance.world();
        while (true) {
            instance.sleep(Duration.ofMillis(world.random().nextInt(20)));
            var policy = cluster.policy();
            if (policy != null) {
                index.put(policy);
            }
            int seen = cluster.changes().size();
            cluster.list().forEach(workload -> see(workload, listener));
            listed = true;
            while (!world.strikes()) {
                if (seen == cluster.changes().size()) {
                    instance.listen(Duration.ofSeconds(30));
                } else {
                    instance.sleep(Duration.ofMillis(world.random().nextInt(world.chance(10) ? 3_000 : 10)));
                    see(cluster.changes().get(seen++), listener);
                }
            }
            world.note("the watch breaks");
            instance.sleep(Duration.ofMillis(world.random().nextInt(10_000)));
        }
    }

    private void see(Workload workload, Listener listener) {
        var uid = workload.ref().uid();
        if (index.put(workload)) {
            listener.referencesChanged(uid);
        }
        listener.workloadChanged(uid);
    }
}
