package io.keyturn.audit.ingest;

import io.keyturn.audit.record.Fact;
import io.keyturn.contract.codec.Refusal;

/** What a record on Kafka turned out to be. */
sealed interface Sighting {
    /** An event to put on record. */
    record Met(Fact fact) implements Sighting {}

    /** A tombstone: the deletion before it is the fact. */
    record Passed() implements Sighting {}

    /** Not an event of the contract, or one that cannot be put on record byte for byte. */
    record Refused(Refusal refusal) implements Sighting {}
}
