package io.keyturn.contract.codec;

/** What became of a record: an event, a tombstone (compacted topics only), or a refusal. Never an exception. */
public sealed interface DecodeResult {
    record Accepted(EventEnvelope envelope) implements DecodeResult {}

    record Tombstone(String key) implements DecodeResult {}

    record Refused(Refusal refusal) implements DecodeResult {}
}
