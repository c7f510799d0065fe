package io.keyturn.kit.problem;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/** The body of an error answer, RFC 9457. {@code code} is stable; {@code field} names the parameter at fault. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Problem(
        String type,
        String title,
        int status,
        String code,
        @Nullable String detail,
        @Nullable String field) {
    public static final String MEDIA_TYPE = "application/problem+json";

    static Problem of(int status, String code, String title, @Nullable String detail, @Nullable String field) {
        return new Problem("about:blank", title, status, code, detail, field);
    }
}
