package io.keyturn.restart.reference;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;

import io.keyturn.contract.reference.KeyName;

/** The keys of one object that a workload reads: all of it, or some by name. */
public sealed interface KeySelection {
    /** Every key, also those that come later. */
    record Whole() implements KeySelection {}

    /** These keys and no others. */
    record Some(Set<KeyName> keys) implements KeySelection {
        public Some {
            keys = Set.copyOf(keys);
        }
    }

    static KeySelection whole() {
        return new Whole();
    }

    static KeySelection some(String... keys) {
        return new Some(Arrays.stream(keys).map(KeyName::new).collect(Collectors.toSet()));
    }

    default boolean covers(KeyName key) {
        return switch (this) {
            case Whole() -> true;
            case Some(var keys) -> keys.contains(key);
        };
    }

    /** True when whoever reads the other selection reads nothing beyond this one. */
    default boolean contains(KeySelection other) {
        return switch (this) {
            case Whole() -> true;
            case Some(var keys) ->
                switch (other) {
                    case Whole() -> false;
                    case Some(var others) -> keys.containsAll(others);
                };
        };
    }

    default KeySelection and(KeySelection other) {
        return switch (this) {
            case Whole() -> this;
            case Some(var keys) ->
                switch (other) {
                    case Whole() -> other;
                    case Some(var others) -> {
                        var union = new HashSet<>(keys);
                        union.addAll(others);
                        yield new Some(union);
                    }
                };
        };
    }

    /** {@code *}, or the keys sorted and joined by commas: a key name has no comma. */
    default String text() {
        return switch (this) {
            case Whole() -> "*";
            case Some(var keys) -> keys.stream().map(KeyName::value).sorted().collect(Collectors.joining(","));
        };
    }

    /** Reads what {@link #text} writes. */
    static KeySelection parse(String text) {
        return switch (text) {
            case "*" -> whole();
            case "" -> some();
            default -> some(text.split(",", -1));
        };
    }
}
