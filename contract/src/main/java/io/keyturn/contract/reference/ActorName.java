package io.keyturn.contract.reference;

import java.util.regex.Pattern;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** Who asked, as Kubernetes names users. */
public record ActorName(@JsonValue String value) {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_.@:/#|-]+");

    @JsonCreator
    public ActorName {
        Text.matching(FORM, 253, "ActorName", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
