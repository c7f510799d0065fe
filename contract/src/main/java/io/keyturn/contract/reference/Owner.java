package io.keyturn.contract.reference;

import java.util.regex.Pattern;

/** The controller that owns an object, from its ownerReferences or its managed-by labels. */
public record Owner(String kind, String name) {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9.:_]*[A-Za-z0-9])?");

    public Owner {
        Text.matching(FORM, 63, "owner kind", kind);
        Text.matching(FORM, 253, "owner name", name);
    }
}
