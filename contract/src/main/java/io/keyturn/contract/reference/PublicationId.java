package io.keyturn.contract.reference;

import java.math.BigInteger;
import java.util.regex.Pattern;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** What a publication is stamped with: rotation id, a dot, the attempt. Travels from the Secret to the restart report. */
public record PublicationId(@JsonValue String value) {
    private static final Pattern FORM = Pattern.compile("[a-z0-9]+\\.[0-9]+");

    @JsonCreator
    public PublicationId {
        Text.matching(FORM, 52, "PublicationId", value);
    }

    /** The publication of this run under this attempt, counted from 1. */
    public static PublicationId of(RotationId run, int attempt) {
        return new PublicationId(run.value() + "." + attempt);
    }

    /** The same run stamped again. */
    public boolean isLaterAttemptOf(PublicationId earlier) {
        return run().equals(earlier.run()) && attempt().compareTo(earlier.attempt()) > 0;
    }

    private String run() {
        return value.substring(0, value.indexOf('.'));
    }

    private BigInteger attempt() {
        return new BigInteger(value.substring(value.indexOf('.') + 1));
    }

    @Override
    public String toString() {
        return value;
    }
}
