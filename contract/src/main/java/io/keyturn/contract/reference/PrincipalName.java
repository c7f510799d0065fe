package io.keyturn.contract.reference;

import java.util.regex.Pattern;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** Whom a credential logs in as: a role, a user, an access-key id. */
public record PrincipalName(@JsonValue String value) {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_.@$-]+");

    @JsonCreator
    public PrincipalName {
        Text.matching(FORM, 128, "PrincipalName", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
