package io.keyturn.rotation.dryrun;

import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.resource.SecretRotation;
import io.keyturn.contract.resource.SecretRotationStatus.DryRun;
import io.keyturn.contract.resource.SecretRotationStatus.Refusal;
import io.keyturn.rotation.check.HttpChecks;
import io.keyturn.rotation.consumer.Consumers;
import io.keyturn.rotation.consumer.Consumers.Reader;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.dryrun.Findings.Handover;
import io.keyturn.rotation.dryrun.Findings.TargetFound;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.PolicyReader;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.publication.Publishers;
import io.keyturn.rotation.secretstore.SecretStore.Versioned;
import io.keyturn.rotation.secretstore.Stores;
import io.keyturn.rotation.step.NextPrincipal;
import io.keyturn.rotation.step.Targets;
import io.keyturn.rotation.target.IssuingTarget;
import io.keyturn.rotation.target.TakingTarget;
import io.keyturn.rotation.target.Target;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/**
 * Looks at everything that a run would look at before its first change, and goes on after a refusal, so that all of them are told
 * at once. Only reads and logs in: no step of a run is called. Blocking.
 */
@ApplicationScoped
public class Rehearsal {
    /** Whoever has claimed a run has a higher number; nothing that is called here changes what a number guards. */
    private static final long NO_CLAIM = 0;

    private final Targets targets;
    private final Stores stores;
    private final Publishers publishers;
    private final Consumers consumers;
    private final HttpChecks checks;
    private final NextPrincipal nextPrincipal;
    private final Clock clock;

    Rehearsal(
            Targets targets,
            Stores stores,
            Publishers publishers,
            Consumers consumers,
            HttpChecks checks,
            NextPrincipal nextPrincipal,
            Clock clock) {
        this.targets = targets;
        this.stores = stores;
        this.publishers = publishers;
        this.consumers = consumers;
        this.checks = checks;
        this.nextPrincipal = nextPrincipal;
        this.clock = clock;
    }

    /**
     * The plan of a run that would begin now.
     *
     * @param known what already stands against it beside its own spec
     */
    public DryRun of(SecretRotation rotation, String token, List<Refusal> known) {
        var at = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        var refusals = new Refusals();
        known.forEach(refusals::add);
        var uid = rotation.getMetadata().getUid();
        return switch (targets.read(rotation.ref(), uid, rotation.getSpec())) {
            case PolicyReader.Result.Faulty(var faults) -> {
                faults.forEach(refusals::add);
                yield Plan.refused(token, at, refusals.all());
            }
            case PolicyReader.Result.Usable(var policy) ->
                new Plan(requireNonNull(rotation.getSpec()), policy, look(policy, refusals)).answer(token, at);
        };
    }

    private Findings look(RotationPolicy policy, Refusals refusals) {
        checks.allForbidden(policy.checks()).forEach(refusals::add);
        publishers
                .inspectEach(policy)
                .forEach((field, outcomes) -> outcomes.forEach(outcome -> refusals.look(field, outcome)));
        var target = lookAtTarget(policy, refusals);
        var readers = refusals.passed(consumers.readers(policy)).orElse(List.of());
        readers.stream().filter(Reader::optedOut).forEach(refusals::addOptedOut);
        return new Findings(target, readers, refusals.all());
    }

    private @Nullable TargetFound lookAtTarget(RotationPolicy policy, Refusals refusals) {
        var store = stores.of(policy);
        var read = store.live(policy);
        // Who does not answer this would be waited for again.
        if (!(read instanceof Outcome.Unavailable)) {
            refusals.passed(store.permits(policy));
        }
        var stored = refusals.passed(read);
        try (var live = stored.flatMap(found -> found)
                        .map(Versioned::credential)
                        .orElse(null);
                var target = refusals.passed(targets.open(policy, NO_CLAIM)).orElse(null)) {
            if (target == null) {
                return null;
            }
            if (live != null && live.isNameable()) {
                refusals.passed(nextPrincipal.isNobodys(policy, target, live));
            }
            if (live != null || stored.isEmpty()) {
                return survey(target, live, false, refusals);
            }
            try (var published = published(policy, target, refusals)) {
                return survey(target, published, true, refusals);
            }
        }
    }

    /** What an adoption would import. */
    private @Nullable Credential published(RotationPolicy policy, Target target, Refusals refusals) {
        var found = refusals.passed(publishers.readBack(policy, target.attributes(), target.unnamed()));
        if (found.filter(Optional::isEmpty).isPresent()) {
            refusals.add(RotationReason.NOTHING_TO_ADOPT);
        }
        return found.flatMap(credential -> credential).orElse(null);
    }

    private static TargetFound survey(Target target, @Nullable Credential live, boolean imported, Refusals refusals) {
        target.survey(live).forEach(refusals::passed);
        if (live != null && !live.isNameable()) {
            refusals.add(RotationReason.NOTHING_TO_ADOPT);
        }
        var handover = live == null || !live.isNameable() ? null : handover(target, live.principal(), imported);
        return new TargetFound(target.overlap(), target instanceof IssuingTarget, handover);
    }

    private static Handover handover(Target target, String from, boolean imported) {
        var to = switch (target) {
            case TakingTarget taking -> taking.successorOf(from);
            case IssuingTarget _ -> null;
        };
        return new Handover(from, target.owns(from), to, imported);
    }
}
