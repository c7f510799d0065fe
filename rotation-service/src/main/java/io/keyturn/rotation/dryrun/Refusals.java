package io.keyturn.rotation.dryrun;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.resource.SecretRotationStatus.Refusal;
import io.keyturn.rotation.consumer.Consumers.Reader;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.Fault;

/** Collects all that stands against a run, each thing once. Pure. */
final class Refusals {
    private static final String PUBLISH = "spec.publish";

    private final Set<Refusal> all = new LinkedHashSet<>();

    List<Refusal> all() {
        return List.copyOf(all);
    }

    void add(Refusal refusal) {
        all.add(refusal);
    }

    void add(Fault fault) {
        add(RotationReason.INVALID_SPEC, fault.toString());
    }

    void add(RotationReason reason) {
        add(reason, reason.remedy());
    }

    private void add(RotationReason reason, String detail) {
        all.add(new Refusal(reason.name(), detail));
    }

    /** Who opted out keeps the old value from being retired, which fails the run at its deadline. */
    void addOptedOut(Reader reader) {
        add(RotationReason.CONSUMER_OPTED_OUT, reader.name() + ": " + RotationReason.CONSUMER_OPTED_OUT.remedy());
    }

    /** What came of a look, or empty if that is a refusal. A run would wait for some of it, in vain as things are. */
    <T> Optional<T> passed(Outcome<T> outcome) {
        return switch (outcome) {
            case Outcome.Done<T>(var value) -> Optional.of(value);
            case Outcome.Waiting<T>(var reason) -> refused(reason, reason.remedy());
            case Outcome.Unavailable<T>(var reason) -> refused(reason, reason.remedy());
            case Outcome.Rejected<T>(var reason) -> refused(reason, reason.remedy());
        };
    }

    /** The same for one of several publications: which of them is told. */
    void look(String field, Outcome<Boolean> outcome) {
        switch (outcome) {
            case Outcome.Done<Boolean> _ -> {}
            case Outcome.Waiting<Boolean>(var reason) -> add(reason, at(field, reason));
            case Outcome.Unavailable<Boolean>(var reason) -> add(reason, at(field, reason));
            case Outcome.Rejected<Boolean>(var reason) -> add(reason, at(field, reason));
        }
    }

    private <T> Optional<T> refused(RotationReason reason, String detail) {
        add(reason, detail);
        return Optional.empty();
    }

    private static String at(String field, RotationReason reason) {
        var remedy = reason.remedy();
        return remedy.startsWith(PUBLISH + ":") ? field + remedy.substring(PUBLISH.length()) : remedy;
    }
}
