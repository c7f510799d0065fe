package io.keyturn.rotation.step;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.reference.PublicationId;
import io.keyturn.rotation.consumer.Consumers;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.publication.Publisher.Stamp;
import io.keyturn.rotation.publication.Publisher.Writer;
import io.keyturn.rotation.publication.Publisher.Written;
import io.keyturn.rotation.publication.Publishers;
import io.keyturn.rotation.saga.Change;
import io.keyturn.rotation.saga.Input;
import io.keyturn.rotation.saga.Published.Copy;

/** Writes all publications of a run, and tells what came of them as one. */
@ApplicationScoped
class Publications {
    /** Whoever comes within that time between question and write is lost sight of, if he comes in the second of the write. */
    private static final Duration HARDLY = Duration.ofMillis(500);

    private final Publishers publishers;
    private final Consumers consumers;
    private final Clock clock;

    Publications(Publishers publishers, Consumers consumers, Clock clock) {
        this.publishers = publishers;
        this.consumers = consumers;
        this.clock = clock;
    }

    /**
     * Publishes a value under this attempt of the run.
     *
     * @param values what may be written over
     */
    Outcome<Input> publish(
            RunContext context, Change change, Credential credential, int attempt, List<Credential> values) {
        var policy = context.policy();
        var stamp = new Stamp(PublicationId.of(context.run().id(), attempt), context.fence(), context.traceparent());
        // Who is there is asked last, so that hardly anybody can come between the question and the write. Afterwards
        // only where that took long: a restart that the write has brought about may have made new readers by then.
        return context.withTarget(target -> young(policy).then(young -> {
            var asked = clock.instant();
            var outcomes = publishers.publish(policy, credential, target.attributes(), stamp, values, change.intact());
            return racing(policy, stamp.id(), asked, outcomes)
                    .then(racing -> Outcome.done(told(outcomes, young, racing)));
        }));
    }

    /** Asked once more where the answer took long: whoever came meanwhile may not be in it. */
    private Outcome<List<String>> young(RotationPolicy policy) {
        var asked = clock.instant();
        return consumers
                .youngReaders(policy)
                .then(young -> isLongAgo(asked) ? consumers.youngReaders(policy) : Outcome.done(young));
    }

    /** Uids of readers that may have come before a write or after it: of an earlier try, or of this one where it took long. */
    Outcome<List<String>> racing(
            RotationPolicy policy, PublicationId publication, Instant asked, List<Outcome<Written>> outcomes) {
        boolean tookLong = isLongAgo(asked);
        var seconds = written(outcomes)
                .filter(written -> written.by() == Writer.EARLIER_CALL || tookLong && isOfThisCall(written))
                .map(Written::at)
                .collect(Collectors.toSet());
        return seconds.isEmpty() ? Outcome.done(List.of()) : consumers.createdIn(policy, seconds, publication);
    }

    private static boolean isOfThisCall(Written written) {
        return written.by() == Writer.THIS_CALL || written.by() == Writer.THIS_STAMP;
    }

    private boolean isLongAgo(Instant asked) {
        return !clock.instant().isBefore(asked.plus(HARDLY));
    }

    private static Stream<Written> written(List<Outcome<Written>> outcomes) {
        return outcomes.stream()
                .flatMap(outcome ->
                        outcome instanceof Outcome.Done<Written>(var written) ? Stream.of(written) : Stream.empty());
    }

    /**
     * As one input.
     *
     * @param young uids of the readers that were there just before, and may be as young as a write
     * @param racing of those that may have come before a write or after it, as far as they were not there
     */
    static Input told(List<Outcome<Written>> outcomes, List<String> young, List<String> racing) {
        var copies = written(outcomes)
                .filter(written -> written.by() != Writer.STRANGER)
                .flatMap(written -> copies(written, young, racing))
                .toList();
        var theirs = written(outcomes)
                .filter(written -> written.by() == Writer.STRANGER)
                .flatMap(written -> copies(written, List.of(), List.of()))
                .toList();
        // What will not work comes first; what is merely on its way may take longest.
        return Stream.of(rejected(outcomes), unavailable(outcomes), waiting(outcomes))
                .flatMap(trouble -> trouble)
                .findFirst()
                .<Input>map(trouble -> copies.isEmpty() ? trouble : new Input.PartlyWritten(copies, trouble))
                .orElseGet(() -> theirs.isEmpty() ? new Input.Written(copies) : new Input.LeftAlone(copies, theirs));
    }

    private static Stream<Copy> copies(Written written, List<String> young, List<String> racing) {
        var none = List.<String>of();
        return written.secrets().stream().map(secret -> switch (written.by()) {
            case THIS_CALL -> Copy.written(secret, written.at(), young, without(racing, young));
            case THIS_STAMP -> new Copy(secret, written.at(), young, without(racing, young));
            // Who was there before it, nobody knows.
            case EARLIER_CALL -> new Copy(secret, written.at(), none, racing);
            case SOMEBODY_ELSE, STRANGER -> new Copy(secret, written.at(), none, none);
        });
    }

    private static List<String> without(List<String> readers, List<String> those) {
        return readers.stream().filter(reader -> !those.contains(reader)).toList();
    }

    private static Stream<Input.Trouble> rejected(List<Outcome<Written>> outcomes) {
        return outcomes.stream()
                .flatMap(outcome -> outcome instanceof Outcome.Rejected<Written>(var reason)
                        ? Stream.of(new Input.Rejected(reason))
                        : Stream.empty());
    }

    private static Stream<Input.Trouble> unavailable(List<Outcome<Written>> outcomes) {
        return outcomes.stream()
                .flatMap(outcome -> outcome instanceof Outcome.Unavailable<Written>(var reason)
                        ? Stream.of(new Input.Unavailable(reason))
                        : Stream.empty());
    }

    private static Stream<Input.Trouble> waiting(List<Outcome<Written>> outcomes) {
        return outcomes.stream()
                .flatMap(outcome -> outcome instanceof Outcome.Waiting<Written>(var reason)
                        ? Stream.of(new Input.Waiting(reason))
                        : Stream.empty());
    }
}
