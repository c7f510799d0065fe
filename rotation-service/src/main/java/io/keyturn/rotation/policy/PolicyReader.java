package io.keyturn.rotation.policy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.resource.Interval;
import io.keyturn.contract.resource.SecretRotationSpec;
import io.keyturn.contract.resource.SecretRotationSpec.Approval;
import io.keyturn.contract.resource.SecretRotationSpec.Check;
import io.keyturn.contract.resource.SecretRotationSpec.Compromised;
import io.keyturn.contract.resource.SecretRotationSpec.DriftCheck;
import io.keyturn.contract.resource.SecretRotationSpec.OnFailure;
import io.keyturn.contract.resource.SecretRotationSpec.Repair;
import io.keyturn.contract.resource.TargetService;
import io.keyturn.rotation.policy.RotationPolicy.DriftPlan;
import io.keyturn.rotation.policy.RotationPolicy.HttpPlan;
import org.jspecify.annotations.Nullable;

/**
 * Reads a spec and collects everything that is wrong with it, so that a user mends all of it at once. The CRD's schema has
 * refused most of this already; what it cannot see (the namespace in a Vault path) or an older CRD let pass is refused here. Each
 * branch of target, store and publication is read by its own kind.
 */
public final class PolicyReader {
    private static final Duration LONGEST_CHECK = Duration.ofMinutes(1);
    private static final Duration SHORTEST_DRIFT_CHECK = Duration.ofMinutes(1);

    private PolicyReader() {}

    /** Either a policy or at least one fault. */
    public sealed interface Result {
        record Usable(RotationPolicy policy) implements Result {}

        record Faulty(List<Fault> faults) implements Result {}
    }

    /**
     * Reads what is common to all kinds.
     *
     * @param target what its kind made of the branch of the target
     * @param store what its kind found wrong with the branch of the store
     * @param publications what their kinds made of the publications
     */
    public static Result read(
            ObjectRef policy,
            String uid,
            @Nullable SecretRotationSpec spec,
            TargetFacts target,
            List<Fault> store,
            PublicationFacts publications) {
        if (spec == null || spec.target() == null) {
            return new Result.Faulty(List.of(new Fault("spec.target", "name exactly one target")));
        }
        var faults = new ArrayList<Fault>(target.faults());
        faults.addAll(store);
        faults.addAll(publications.faults());
        var form = FormReader.read(spec.generate(), faults);
        var checks = checks(spec.verify(), faults);
        var drift = drift(spec.driftCheck(), faults);
        var retire = spec.retire();
        var deadline = spec.consumers() == null ? null : spec.consumers().deadline();
        if (!faults.isEmpty() || form == null || spec.store() == null || spec.publish() == null) {
            return new Result.Faulty(List.copyOf(faults));
        }
        return new Result.Usable(new RotationPolicy(
                policy.namespace(),
                policy.name(),
                uid,
                spec.target(),
                target.host() == null
                        ? null
                        : TargetService.of(target.host(), policy.namespace()).orElse(null),
                spec.store(),
                List.copyOf(spec.publish()),
                publications.secrets(),
                form,
                target.patience(),
                duration(deadline, Duration.ofMinutes(10)),
                duration(retire == null ? null : retire.after(), Duration.ZERO),
                retire != null && Boolean.TRUE.equals(retire.terminateSessions()),
                false,
                retire != null && retire.compromised() == Compromised.BeforeReaders,
                spec.approval() == Approval.Required,
                spec.onFailure() == OnFailure.Pause,
                drift,
                checks));
    }

    private static DriftPlan drift(@Nullable DriftCheck asked, List<Fault> faults) {
        if (asked == null) {
            return DriftPlan.USUAL;
        }
        var every = duration(asked.every(), DriftPlan.USUAL.every());
        if (every.compareTo(SHORTEST_DRIFT_CHECK) < 0) {
            faults.add(new Fault(
                    "spec.driftCheck.every", "must be at least one minute; write it in d, h and m, such as 1h"));
        }
        return new DriftPlan(every, asked.repair() != Repair.Never);
    }

    private static List<HttpPlan> checks(@Nullable List<Check> checks, List<Fault> faults) {
        var plans = new ArrayList<HttpPlan>();
        for (int i = 0; checks != null && i < checks.size(); i++) {
            var field = "spec.verify[" + i + "].http";
            var http = checks.get(i).http();
            switch (CheckUrl.read(http == null ? null : http.url())) {
                case CheckUrl.Refused(var fix) -> faults.add(new Fault(field + ".url", fix));
                case CheckUrl.Callable(var url) -> {
                    var timeout = duration(http == null ? null : http.timeout(), Duration.ofSeconds(5));
                    if (timeout.isZero() || timeout.compareTo(LONGEST_CHECK) > 0) {
                        faults.add(new Fault(field + ".timeout", "must be 1s to 60s"));
                    }
                    plans.add(new HttpPlan(url, timeout));
                }
            }
        }
        return List.copyOf(plans);
    }

    private static Duration duration(@Nullable Interval interval, Duration otherwise) {
        return interval == null ? otherwise : interval.duration();
    }
}
