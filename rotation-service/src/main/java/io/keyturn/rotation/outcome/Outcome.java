package io.keyturn.rotation.outcome;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

import io.keyturn.contract.event.RotationReason;

/**
 * What came of an act in the outside world. Expected trouble is a value, so that everybody who acts has to say what he makes of
 * it. Lost answers are {@link Unavailable} too: every act looks before it acts, so trying again is the probe.
 */
public sealed interface Outcome<T> {
    record Done<T>(T value) implements Outcome<T> {}

    /** Not yet. */
    record Waiting<T>(RotationReason reason) implements Outcome<T> {}

    /** No answer, or an answer that says "later". */
    record Unavailable<T>(RotationReason reason) implements Outcome<T> {}

    /** No. */
    record Rejected<T>(RotationReason reason) implements Outcome<T> {}

    static <T> Outcome<T> done(T value) {
        return new Done<>(value);
    }

    static Outcome<Boolean> done() {
        return new Done<>(true);
    }

    static <T> Outcome<T> waiting(RotationReason reason) {
        return new Waiting<>(reason);
    }

    static <T> Outcome<T> unavailable(RotationReason reason) {
        return new Unavailable<>(reason);
    }

    static <T> Outcome<T> rejected(RotationReason reason) {
        return new Rejected<>(reason);
    }

    /** Those of which it holds, in their order; asked one after the other, until there is trouble, which is passed on. */
    static <E> Outcome<List<E>> those(List<E> all, Function<? super E, Outcome<Boolean>> holds) {
        Outcome<List<E>> outcome = done(List.of());
        for (var one : all) {
            outcome = outcome.then(before -> holds.apply(one)
                    .then(does -> done(
                            does
                                    ? Stream.concat(before.stream(), Stream.of(one))
                                            .toList()
                                    : before)));
        }
        return outcome;
    }

    /** Goes on with the value, or passes the trouble on. */
    default <R> Outcome<R> then(Function<? super T, Outcome<R>> next) {
        return switch (this) {
            case Done<T>(var value) -> next.apply(value);
            case Waiting<T>(var reason) -> new Waiting<>(reason);
            case Unavailable<T>(var reason) -> new Unavailable<>(reason);
            case Rejected<T>(var reason) -> new Rejected<>(reason);
        };
    }

    /** Goes on with this value where the answer is No, or passes other trouble on. */
    default Outcome<T> ifRejected(T otherwise) {
        return switch (this) {
            case Rejected<T> _ -> new Done<>(otherwise);
            case Done<T> _, Waiting<T> _, Unavailable<T> _ -> this;
        };
    }
}
