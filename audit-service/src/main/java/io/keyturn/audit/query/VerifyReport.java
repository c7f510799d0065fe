package io.keyturn.audit.query;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.keyturn.audit.record.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * The answer of {@code GET /audit/verify}.
 *
 * @param entries how many entries hold, from the first
 * @param head the last of them; note it down to find a cut or rewritten chain later
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
record VerifyReport(
        boolean ok, long entries, Head head, @Nullable FirstBad firstBad, long millis) {
    /** A place in the chain. */
    record Head(long seq, String hash) {}

    /** The first entry that does not hold, and the reason code. */
    record FirstBad(long seq, String reason) {}

    static VerifyReport of(Verdict verdict, long millis) {
        var bad = verdict.firstBad();
        return new VerifyReport(
                verdict.ok(),
                verdict.head().seq(),
                new Head(verdict.head().seq(), verdict.head().hash().hex()),
                bad == null ? null : new FirstBad(bad.seq(), bad.fault().name()),
                millis);
    }
}
