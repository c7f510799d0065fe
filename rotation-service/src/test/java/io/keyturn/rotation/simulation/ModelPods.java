package io.keyturn.rotation.simulation;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.rotation.consumer.Consumers;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.saga.Published;
import io.keyturn.rotation.saga.Published.Copy;
import io.keyturn.testbed.simulation.World;
import io.keyturn.testbed.simulation.World.NoAnswer;
import org.jspecify.annotations.Nullable;

/**
 * The pods that read the Secret, and the restarts that a change of it brings about, sooner or later. A pod takes what the
 * Secret holds when it is created and logs in with that for as long as it lives, for good or again and again.
 */
final class ModelPods implements Consumers, Sessions {
    private static final int READERS = 2;
    private static final Duration YOUNG = Duration.ofSeconds(5);
    /** Of who is refused. */
    private static final Instant NEVER = Instant.MAX;

    private final World world;
    private final Predicate<String> accepted;
    private final boolean logInForAMoment;
    private final List<Pod> pods = new ArrayList<>();
    private int born;
    private int wanted;
    private int done;
    private int refused;

    /**
     * A reader.
     *
     * @param created in whole seconds, as an API server tells it
     * @param madeFor the publication that who restarted it knew of
     * @param session when it has logged in; who was thrown out does so again, if he can
     */
    record Pod(String uid, Instant created, String value, String madeFor, Instant session) {
        String role() {
            return value.substring(0, value.indexOf(':'));
        }
    }

    /** @param logInForAMoment whether they log in anew for each piece of work: a server sees nobody then */
    ModelPods(World world, Predicate<String> accepted, boolean logInForAMoment) {
        this.world = world;
        this.accepted = accepted;
        this.logInForAMoment = logInForAMoment;
    }

    void begin(String value) {
        for (int i = 0; i < READERS; i++) {
            pods.add(create(value, ""));
        }
    }

    /** The Secret has changed: a restart of all readers is wanted. */
    void secretChanged() {
        wanted++;
    }

    List<String> values() {
        return pods.stream().map(Pod::value).toList();
    }

    /** How many logins of new pods were refused. */
    int refused() {
        return refused;
    }

    boolean isSettled() {
        return wanted == done;
    }

    /** Rolls the readers one by one whenever that is wanted; as long as faults may come that may take its time. */
    void restartForEver(ModelSecret secret) {
        while (true) {
            world.turns().sleep(Duration.ofMillis(world.random().nextInt(8_000)));
            int now = wanted;
            if (now == done) {
                continue;
            }
            var publication = secret.stamp();
            if (world.strikes()) {
                world.turns().sleep(Duration.ofSeconds(world.random().nextInt(900)));
            }
            for (int i = 0; i < READERS; i++) {
                int which = i;
                world.happens("a pod is replaced", () -> pods.set(which, create(secret.value(), publication)));
                world.turns().sleep(Duration.ofMillis(world.random().nextInt(3_000)));
            }
            done = now;
        }
    }

    private Pod create(String value, String madeFor) {
        if (!accepted.test(value)) {
            refused++;
        }
        return new Pod("pod-" + ++born, world.now().truncatedTo(ChronoUnit.SECONDS), value, madeFor, world.now());
    }

    @Override
    public Outcome<List<Reader>> readers(RotationPolicy policy) {
        return look(() -> Outcome.done(
                pods.stream().map(pod -> new Reader("pod/" + pod.uid(), false)).toList()));
    }

    @Override
    public Outcome<List<String>> youngReaders(RotationPolicy policy) {
        return look(() -> {
            var newest = pods.stream().map(Pod::created).max(Instant::compareTo).orElse(Instant.EPOCH);
            return Outcome.done(pods.stream()
                    .filter(pod -> pod.created().isAfter(newest.minus(YOUNG)))
                    .map(Pod::uid)
                    .toList());
        });
    }

    @Override
    public Outcome<List<String>> createdIn(RotationPolicy policy, Set<Instant> seconds, PublicationId publication) {
        return look(() -> Outcome.done(pods.stream()
                .filter(pod -> seconds.contains(pod.created()))
                .filter(pod -> !pod.madeFor().equals(publication.value()))
                .map(Pod::uid)
                .toList()));
    }

    @Override
    public Outcome<Integer> moved(RotationPolicy policy, Published published) {
        return look(() -> pods.stream().anyMatch(pod -> copy(published).mayBeOlder(pod.created(), pod.uid()))
                ? Outcome.waiting(RotationReason.CONSUMERS_STUCK)
                : healthy());
    }

    /** What the readers' health check would say, in worlds with trouble. */
    private Outcome<Integer> healthy() {
        return world.strikes() ? Outcome.waiting(RotationReason.VERIFY_FAILED) : Outcome.done(pods.size());
    }

    @Override
    public Outcome<Integer> back(RotationPolicy policy, @Nullable Published failed, Published restored) {
        return look(() -> pods.stream()
                        .filter(pod -> copy(restored).mayBeOlder(pod.created(), pod.uid()))
                        .anyMatch(pod -> failed == null || copy(failed).mayBeYounger(pod.created(), pod.uid()))
                ? Outcome.waiting(RotationReason.CONSUMERS_STUCK)
                : Outcome.done(pods.size()));
    }

    private static Copy copy(Published published) {
        return published.copy(ModelSecret.NAME);
    }

    private interface Look<T> {
        Outcome<T> now();
    }

    private <T> Outcome<T> look(Look<T> look) {
        try {
            return world.call("look at pods", look::now);
        } catch (NoAnswer e) {
            return Outcome.unavailable(RotationReason.KUBERNETES_UNREACHABLE);
        }
    }

    @Override
    public int of(String role, Instant begunBy) {
        return logInForAMoment
                ? 0
                : (int) pods.stream()
                        .filter(pod -> pod.role().equals(role) && !pod.session().isAfter(begunBy))
                        .count();
    }

    @Override
    public void terminate(String role) {
        pods.replaceAll(pod -> pod.role().equals(role)
                ? new Pod(
                        pod.uid(),
                        pod.created(),
                        pod.value(),
                        pod.madeFor(),
                        accepted.test(pod.value()) ? world.now() : NEVER)
                : pod);
    }
}
