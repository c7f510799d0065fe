package io.keyturn.rotation.runner;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import jakarta.enterprise.context.ApplicationScoped;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.keyturn.contract.event.RequestReason;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.resource.SecretRotation;
import io.keyturn.contract.resource.SecretRotationSpec;
import io.keyturn.kit.bridge.Bridge;
import io.keyturn.rotation.check.HttpChecks;
import io.keyturn.rotation.persistence.RotationStore;
import io.keyturn.rotation.persistence.Run;
import io.keyturn.rotation.policy.Fault;
import io.keyturn.rotation.policy.PolicyReader;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.policy.Word;
import io.keyturn.rotation.resource.KnownRotations;
import io.keyturn.rotation.resource.RunFinalizer;
import io.keyturn.rotation.resource.SecretRotations;
import io.keyturn.rotation.saga.Input;
import io.keyturn.rotation.saga.Purpose;
import io.keyturn.rotation.saga.RotationState.Applied;
import io.keyturn.rotation.saga.RotationState.AwaitingApproval;
import io.keyturn.rotation.saga.RotationState.AwaitingConsumers;
import io.keyturn.rotation.saga.RotationState.Compensating;
import io.keyturn.rotation.saga.RotationState.ConsumersMoved;
import io.keyturn.rotation.saga.RotationState.Failed;
import io.keyturn.rotation.saga.RotationState.Generated;
import io.keyturn.rotation.saga.RotationState.Paused;
import io.keyturn.rotation.saga.RotationState.Promoted;
import io.keyturn.rotation.saga.RotationState.Requested;
import io.keyturn.rotation.saga.RotationState.Retired;
import io.keyturn.rotation.saga.RotationState.RolledBack;
import io.keyturn.rotation.saga.RotationState.Succeeded;
import io.keyturn.rotation.saga.RotationState.Tested;
import io.keyturn.rotation.saga.RotationState.ValueRefused;
import io.keyturn.rotation.step.Targets;
import org.jspecify.annotations.Nullable;

/** What a SecretRotation says for a run: the policy to work by, and what people have said about it. */
@ApplicationScoped
class RunReader {
    private static final Input NOBODY_HAS_SPOKEN = new Input.Waiting(RotationReason.APPROVAL_PENDING);
    private static final Input DELETED = new Input.Rejected(RotationReason.DELETED);

    private final RotationStore store;
    private final Targets targets;
    private final SecretRotations resources;
    private final KnownRotations known;
    private final RunFinalizer finalizer;
    private final HttpChecks checks;

    RunReader(
            RotationStore store,
            Targets targets,
            SecretRotations resources,
            KnownRotations known,
            RunFinalizer finalizer,
            HttpChecks checks) {
        this.store = store;
        this.targets = targets;
        this.resources = resources;
        this.known = known;
        this.finalizer = finalizer;
        this.checks = checks;
    }

    /**
     * What was read.
     *
     * @param policy null if there is none to work by
     * @param instead what it means for the run without carrying its command out; null for carrying it out
     * @param detail of a refusal
     */
    record Reading(
            @Nullable SecretRotationSpec spec,
            @Nullable RotationPolicy policy,
            @Nullable Input instead,
            @Nullable String detail) {
        static Reading meaning(Input instead) {
            return new Reading(null, null, instead, null);
        }
    }

    /**
     * A run that has begun keeps the spec it began with; a request takes the spec of now. Words are heard in every state.
     *
     * @param before the last reading for the same run; null for none
     */
    Reading read(Run run, @Nullable Reading before) {
        return run.state().hasBegun() ? begun(run, before) : ofNow(run);
    }

    private Reading ofNow(Run run) {
        if (Bridge.await(() -> store.isOvertaken(run))) {
            return Reading.meaning(new Input.Rejected(RotationReason.STALE_REQUEST));
        }
        try {
            return resources
                    .find(run.policy(), run.policyUid())
                    .filter(rotation -> !rotation.isMarkedForDeletion())
                    .map(rotation -> held(run, rotation, ofNow(run, rotation)))
                    .orElseGet(() -> Reading.meaning(DELETED));
        } catch (KubernetesClientException e) {
            boolean changed = e.getCode() == 409;
            return Reading.meaning(
                    new Input.Unavailable(changed ? RotationReason.CONFLICT : RotationReason.KUBERNETES_UNREACHABLE));
        }
    }

    /** What is about to begin holds its SecretRotation first. To adopt changes nothing, and a repair is one call. */
    private Reading held(Run run, SecretRotation rotation, Reading reading) {
        boolean begins = reading.policy() != null && reading.instead() == null;
        if (begins && run.state() instanceof Requested requested && requested.purpose() == Purpose.ROTATE) {
            finalizer.hold(rotation);
        }
        return reading;
    }

    private Reading ofNow(Run run, SecretRotation rotation) {
        var spec = rotation.getSpec();
        var annotations = rotation.getMetadata().getAnnotations();
        var word = new Word(run.id(), annotations == null ? Map.of() : annotations);
        if (word.aborts()) {
            return Reading.meaning(new Input.Aborted(word.requestedBy()));
        }
        if (KnownRotations.isSuspended(rotation)) {
            return Reading.meaning(new Input.Suspended());
        }
        var rival = known.rivalOf(rotation);
        if (rival.isPresent()) {
            var taken = new Input.Rejected(rival.get().reason());
            return new Reading(spec, null, taken, rival.get().detail());
        }
        var reading = understood(run, spec);
        var policy = reading.policy();
        if (policy == null) {
            return reading;
        }
        // What a name in a check stands for is of interest at the beginning only.
        var forbidden = checks.forbidden(policy.checks());
        return forbidden.isPresent()
                ? invalid(spec, List.of(forbidden.get()))
                : new Reading(spec, policy, approval(run, policy, word), null);
    }

    private static @Nullable Input approval(Run run, RotationPolicy policy, Word word) {
        boolean needed = policy.approval() && Purpose.of(run.reason()) == Purpose.ROTATE;
        if (run.state() instanceof Requested requested) {
            return needed && requested.approvedBy() == null ? new Input.ApprovalNeeded() : null;
        }
        if (!needed) {
            return new Input.Resumed(null);
        }
        return word.verdict()
                .<Input>map(said -> switch (said.verdict()) {
                    case APPROVED -> new Input.Approved(said.by());
                    case REFUSED -> new Input.Refused(said.by());
                })
                .orElse(NOBODY_HAS_SPOKEN);
    }

    private Reading begun(Run run, @Nullable Reading before) {
        var reading = before != null && before.policy() != null && before.spec() == run.spec()
                ? before
                : understood(run, run.spec() == null ? known.specOf(run.policyUid()) : run.spec());
        // What cannot be read any more is refused, whatever people say.
        var policy = reading.policy();
        return policy == null
                ? reading
                : new Reading(
                        reading.spec(), run.hastened() ? policy.inEmergency() : policy, said(run), reading.detail());
    }

    /** By the SecretRotation as it was seen last: a word that is not seen yet is heard at the next look. */
    private @Nullable Input said(Run run) {
        var word = new Word(run.id(), known.annotationsOf(run.policyUid()));
        var end = word.aborts()
                ? new Input.Aborted(word.requestedBy())
                : known.isBeingDeleted(run.policyUid()) ? DELETED : null;
        return switch (run.state()) {
            case Paused _
            when end == null ->
                word.resumesFrom(run.pauses())
                        ? new Input.Resumed(word.requestedBy())
                        : run.hastened() ? new Input.Hastened() : stillThere(run);
            case Promoted _, AwaitingConsumers _ when run.state().isPastReturn() -> null;
            case Paused _, Generated _, ValueRefused _, Applied _, Tested _, Promoted _, AwaitingConsumers _ -> end;
            // It has not begun, goes back already, has its readers moved, or is over.
            case Requested _,
                    AwaitingApproval _,
                    Compensating _,
                    ConsumersMoved _,
                    Retired _,
                    Succeeded _,
                    RolledBack _,
                    Failed _ -> null;
        };
    }

    /** Nobody can say anything about a run whose SecretRotation is gone. */
    private Input stillThere(Run run) {
        try {
            return known.isKnown(run.policyUid())
                            || resources.find(run.policy(), run.policyUid()).isPresent()
                    ? NOBODY_HAS_SPOKEN
                    : DELETED;
        } catch (KubernetesClientException e) {
            return new Input.Unavailable(RotationReason.KUBERNETES_UNREACHABLE);
        }
    }

    private Reading understood(Run run, @Nullable SecretRotationSpec spec) {
        return switch (targets.read(run.policy(), run.policyUid(), spec)) {
            case PolicyReader.Result.Usable(var policy) ->
                new Reading(spec, run.reason() == RequestReason.COMPROMISE ? policy.inEmergency() : policy, null, null);
            case PolicyReader.Result.Faulty(var faults) -> invalid(spec, faults);
        };
    }

    private static Reading invalid(@Nullable SecretRotationSpec spec, List<Fault> faults) {
        var text = faults.stream().map(Object::toString).collect(Collectors.joining("; "));
        return new Reading(spec, null, new Input.Rejected(RotationReason.INVALID_SPEC), text);
    }
}
