package io.keyturn.contract.reference;

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

    @Override
    public String toString() {
        return value;
    }
}
