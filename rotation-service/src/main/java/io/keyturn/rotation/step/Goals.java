package io.keyturn.rotation.step;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.publication.Publishers;
import io.keyturn.rotation.saga.Overlap;
import io.keyturn.rotation.target.Target;

/** What a run goes back to: the value it found, or that of a person who has rotated by hand meanwhile. */
@ApplicationScoped
class Goals {
    private final Publishers publishers;

    Goals(Publishers publishers) {
        this.publishers = publishers;
    }

    /** Goes on with what to go back to: the previous value, unless somebody else has rotated by hand during the run. */
    <T> Outcome<T> with(
            RunContext context, Credential failed, Credential previous, Function<Credential, Outcome<T>> use) {
        return context.bench()
                .live(context.policy())
                .ifRejected(Optional.empty())
                .then(found -> {
                    if (found.isEmpty()) {
                        return use.apply(previous);
                    }
                    try (var live = found.get()) {
                        var theirs = live.credential();
                        return theirs.sameAs(failed) || theirs.sameAs(previous)
                                ? withPublished(context, failed, previous, use)
                                : isTaken(context, theirs).then(taken -> use.apply(taken ? theirs : previous));
                    }
                });
    }

    /**
     * Who has set a value of his at a target that holds only one, and published it, but not told the store, has rotated by hand all the
     * same: no other value works any more. Where the target holds several nothing of his is touched anyway.
     */
    <T> Outcome<T> withPublished(
            RunContext context, Credential failed, Credential previous, Function<Credential, Outcome<T>> use) {
        return context.withTarget(target -> {
            if (target.overlap() != Overlap.SWITCHED) {
                return use.apply(previous);
            }
            return publishers
                    .readBackEach(context.policy(), target.attributes(), failed.principal())
                    .ifRejected(List.of())
                    .then(published -> {
                        try {
                            return accepted(target, strange(published, failed, previous))
                                    .then(theirs -> use.apply(theirs.orElse(previous)));
                        } finally {
                            published.forEach(Credential::close);
                        }
                    });
        });
    }

    /** What is neither of the run's values, of the same principal: of another one it says nothing about this. */
    private static List<Credential> strange(List<Credential> published, Credential failed, Credential previous) {
        return published.stream()
                .filter(found -> found.principal().equals(failed.principal()))
                .filter(found -> !found.sameAs(failed) && !found.sameAs(previous))
                .toList();
    }

    /** The first of them that the target lets in; empty if it refuses them all. */
    static Outcome<Optional<Credential>> accepted(Target target, List<Credential> candidates) {
        Outcome<Optional<Credential>> outcome = Outcome.done(Optional.empty());
        for (var candidate : candidates) {
            outcome = outcome.then(before -> before.isPresent()
                    ? Outcome.done(before)
                    : target.test(candidate)
                            .ifRejected(false)
                            .then(accepts -> Outcome.done(accepts ? Optional.of(candidate) : before)));
        }
        return outcome;
    }

    /**
     * Whether a value that somebody else has put into the store is what is used: the target accepts it, or would if this run had not
     * set its own over it, which then is what the publications tell. A value that lies in the store only is nobody's yet.
     */
    private Outcome<Boolean> isTaken(RunContext context, Credential theirs) {
        return context.withTarget(target -> target.test(theirs)
                .ifRejected(false)
                .then(accepted -> {
                    if (accepted) {
                        return Outcome.done();
                    }
                    boolean mayBeSet = target.overlap() == Overlap.SWITCHED && target.owns(theirs.principal());
                    return mayBeSet
                            ? publishers.holds(context.policy(), theirs, target.attributes())
                            : Outcome.done(false);
                }));
    }
}
