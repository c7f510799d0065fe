package io.keyturn.rotation.step;

import java.util.List;
import java.util.stream.Stream;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.reference.PublicationId;
import io.keyturn.rotation.consumer.Consumers;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
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
    private final Publishers publishers;
    private final Consumers consumers;

    Publications(Publishers publishers, Consumers consumers) {
        this.publishers = publishers;
        this.consumers = consumers;
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
        return context.withTarget(target ->
                // Who is there is asked last, so that hardly anybody can come between the question and the write.
                consumers.youngReaders(policy).then(racing -> {
                    var outcomes =
                            publishers.publish(policy, credential, target.attributes(), stamp, values, change.intact());
                    return Outcome.done(told(outcomes, racing));
                }));
    }

    /** @param racing uids of the readers that were there just before, and may be as young as a write */
    static Input told(List<Outcome<Written>> outcomes, List<String> racing) {
        var copies =
                outcomes.stream().flatMap(outcome -> copies(outcome, racing)).toList();
        var theirs = outcomes.stream().flatMap(Publications::theirs).toList();
        // What will not work comes first; what is merely on its way may take longest.
        return Stream.of(rejected(outcomes), unavailable(outcomes), waiting(outcomes))
                .flatMap(trouble -> trouble)
                .findFirst()
                .<Input>map(trouble -> copies.isEmpty() ? trouble : new Input.PartlyWritten(copies, trouble))
                .orElseGet(() -> theirs.isEmpty() ? new Input.Written(copies) : new Input.LeftAlone(copies, theirs));
    }

    private static Stream<Copy> copies(Outcome<Written> outcome, List<String> racing) {
        return outcome instanceof Outcome.Done<Written>(var written) && written.by() != Writer.STRANGER
                ? written.secrets().stream().map(secret -> switch (written.by()) {
                    case THIS_CALL -> new Copy(secret, written.at(), racing, true);
                    case EARLIER_CALL -> new Copy(secret, written.at(), racing, false);
                    case SOMEBODY_ELSE, STRANGER -> new Copy(secret, written.at(), List.of(), true);
                })
                : Stream.empty();
    }

    private static Stream<Copy> theirs(Outcome<Written> outcome) {
        return outcome instanceof Outcome.Done<Written>(var written) && written.by() == Writer.STRANGER
                ? written.secrets().stream().map(secret -> new Copy(secret, written.at(), List.of(), true))
                : Stream.empty();
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
