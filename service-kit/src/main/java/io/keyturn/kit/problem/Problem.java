package io.keyturn.kit.problem;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/** The body of an error answer, RFC 9457. {@code code} is stable; {@code field} names the parameter at fault; {@code instance} is what the log calls it by. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Problem(
        String type,
        String title,
        int status,
        String code,
        @Nullable String detail,
        @Nullable String field,
        @Nullable String instance) {
    public static final String MEDIA_TYPE = "application/problem+json";

    static Problem of(int status, String code, String title, @Nullable String detail, @Nullable String field) {
        return new Problem("about:blank", title, status, code, detail, field, null);
    }

    /** 500, and nothing more than the name under which the log tells what happened. */
    static Problem internal(String instance) {
        return new Problem("about:blank", "Internal error", 500, "INTERNAL", null, null, instance);
    }
}
