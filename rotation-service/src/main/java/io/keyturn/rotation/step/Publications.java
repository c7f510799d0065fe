package io.keyturn.rotation.step;

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
        return context.withTarget(target -> consumers.youngReaders(policy).then(before -> {
            var outcomes = publishers.publish(policy, credential, target.attributes(), stamp, values, change.intact());
            return racing(policy, outcomes).then(racing -> Outcome.done(told(outcomes, before, racing)));
        }));
    }

    /** Asked afterwards as well, for somebody may come between the question before and the write. */
    private Outcome<List<String>> racing(RotationPolicy policy, List<Outcome<Written>> outcomes) {
        var seconds = written(outcomes)
                .filter(written -> isOurs(written.by()))
                .map(Written::at)
                .collect(Collectors.toSet());
        return seconds.isEmpty() ? Outcome.done(List.of()) : consumers.createdIn(policy, seconds);
    }

    private static Stream<Written> written(List<Outcome<Written>> outcomes) {
        return outcomes.stream()
                .flatMap(outcome ->
                        outcome instanceof Outcome.Done<Written>(var written) ? Stream.of(written) : Stream.empty());
    }

    private static boolean isOurs(Writer writer) {
        return writer == Writer.THIS_CALL || writer == Writer.EARLIER_CALL;
    }

    /**
     * @param before uids of the young readers that were there before this call
     * @param racing uids of the readers that are as young as a write
     */
    static Input told(List<Outcome<Written>> outcomes, List<String> before, List<String> racing) {
        var copies = written(outcomes)
                .filter(written -> written.by() != Writer.STRANGER)
                .flatMap(written -> copies(written, before, racing))
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

    private static Stream<Copy> copies(Written written, List<String> before, List<String> racing) {
        // Who was there before an earlier call, whose answer was lost, nobody knows.
        var known = written.by() == Writer.THIS_CALL ? before : List.<String>of();
        var others = isOurs(written.by())
                ? racing.stream().filter(uid -> !known.contains(uid)).toList()
                : List.<String>of();
        return written.secrets().stream().map(secret -> new Copy(secret, written.at(), known, others));
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
