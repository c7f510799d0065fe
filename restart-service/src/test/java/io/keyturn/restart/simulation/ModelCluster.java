package io.keyturn.restart.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.Uid;
import io.keyturn.restart.plan.RotationPolicy;
import io.keyturn.restart.plan.Workload;
import io.keyturn.testbed.simulation.World;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/** Kubernetes: Deployments, who watches them, and the controller that rolls them. */
public final class ModelCluster {
    /** No generation. */
    public static final long REFUSED = 0;

    private final World world;
    private final Map<Uid, ModelDeployment> deployments = new LinkedHashMap<>();
    private final List<Workload> changes = new ArrayList<>();
    private final PatchCheck check;
    private final int maxParallel;
    private final int refuses;
    private @Nullable RotationPolicy policy;

    /** Is told of patches before they are applied. */
    @FunctionalInterface
    interface PatchCheck {
        void arrives(ModelDeployment deployment, String hash);
    }

    ModelCluster(World world, PatchCheck check) {
        this.world = world;
        this.check = check;
        maxParallel = 1 + world.random().nextInt(2);
        refuses = world.chance(4) ? 2 + world.random().nextInt(10) : 0;
    }

    /** How many are to be rolled at a time: with one of them some wait for others. */
    public int maxParallel() {
        return maxParallel;
    }

    /** The one SecretRotation there is, if any. */
    public @Nullable RotationPolicy policy() {
        return policy;
    }

    void publish(List<ModelSecret> secrets) {
        policy = new RotationPolicy(
                ObjectRef.secretRotation("shop", "orders"),
                secrets.stream().map(ModelSecret::ref).collect(Collectors.toSet()),
                List.of(),
                null,
                null,
                null);
    }

    void add(ModelDeployment deployment) {
        deployments.put(deployment.uid(), deployment);
    }

    Iterable<ModelDeployment> deployments() {
        return deployments.values();
    }

    /** As they are now. */
    public List<Workload> list() {
        return deployments.values().stream().map(ModelDeployment::seen).toList();
    }

    /** All that ever changed, in its order: a watch goes through it at its own pace. */
    public List<Workload> changes() {
        return changes;
    }

    /** The generation that the patch led to, or {@link #REFUSED}. The same hash again changes nothing. */
    public long patch(Uid uid, String hash) {
        var deployment = requireNonNull(deployments.get(uid));
        if (!world.isCalm() && refuses > 0 && world.chance(refuses)) {
            world.note("is refused");
            return REFUSED;
        }
        check.arrives(deployment, hash);
        if (deployment.patch(hash)) {
            changed(deployment);
        }
        return deployment.generation();
    }

    boolean isSettled() {
        return deployments.values().stream().allMatch(ModelDeployment::isSettled);
    }

    /** The controller: each Deployment in small steps, at its own pace. */
    void control(ModelDeployment deployment) {
        while (true) {
            if (deployment.isSettled()) {
                world.turns().listen(Duration.ofMinutes(1));
            } else {
                world.turns().sleep(Duration.ofMillis(world.random().nextInt(world.chance(8) ? 20_000 : 1_500)));
                world.happens("roll-out of " + deployment.name() + ": " + deployment.next(), () -> {
                    deployment.step();
                    changed(deployment);
                    return true;
                });
            }
        }
    }

    private void changed(ModelDeployment deployment) {
        changes.add(deployment.seen());
        world.turns().wakeListeners();
    }
}
