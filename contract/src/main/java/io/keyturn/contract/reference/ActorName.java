package io.keyturn.contract.reference;

import java.util.regex.Pattern;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;

/** Who asked, as Kubernetes names users: a plain name, or one of a certificate or a directory such as {@code CN=Anna,OU=shop}. */
public record ActorName(@JsonValue String value) {
    private static final Pattern FORM = Pattern.compile("([A-Za-z0-9_.@:/#| -]+"
            + "|[A-Za-z0-9.:]+=[A-Za-z0-9_.@:/#| -]+(, ?[A-Za-z0-9.]+=[A-Za-z0-9_.@:/#| -]+)*)");

    @JsonCreator
    public ActorName {
        Text.matching(FORM, 253, "ActorName", value);
    }

    /** What people have written themselves; null for nothing, and for what no user is called. */
    public static @Nullable ActorName orNull(@Nullable String text) {
        try {
            return text == null ? null : new ActorName(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
