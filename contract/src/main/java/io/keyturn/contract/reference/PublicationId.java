package io.keyturn.contract.reference;

import java.util.regex.Pattern;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * What a publication is stamped with: rotation id, a dot, the attempt. Travels from the Secret to the restart report. Anybody may
 * write the annotation: a text that cannot be an id and an attempt is none.
 */
public record PublicationId(@JsonValue String value) {
    private static final Pattern FORM = Pattern.compile("[a-z0-9]{1,40}\\.[0-9]{1,9}");

    @JsonCreator
    public PublicationId {
        Text.matching(FORM, 50, "PublicationId", value);
    }

    /** The publication of this run under this attempt, counted from 1. */
    public static PublicationId of(RotationId run, int attempt) {
        return new PublicationId(run.value() + "." + attempt);
    }

    /** The run that published. */
    public RotationId run() {
        return new RotationId(value.substring(0, value.indexOf('.')));
    }

    /** The same run stamped again. */
    public boolean isLaterAttemptOf(PublicationId earlier) {
        return run().equals(earlier.run()) && attempt() > earlier.attempt();
    }

    private int attempt() {
        return Integer.parseInt(value.substring(value.indexOf('.') + 1));
    }

    @Override
    public String toString() {
        return value;
    }
}
