package io.keyturn.audit;

import java.time.Duration;

import io.keyturn.kit.start.PageBytes;
import io.keyturn.kit.start.PositiveDuration;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;

/** What an installation may tune. */
@ConfigMapping(prefix = "keyturn.audit")
public interface AuditConfig {
    /** What happens when the database or the broker does not answer. */
    Retry retry();

    /** Answers of the REST API. */
    Page page();

    /** Doubling pauses between attempts; there is no last attempt. */
    interface Retry {
        /** The first pause. */
        @WithConverter(PositiveDuration.class)
        @WithDefault("200ms")
        Duration first();

        /** The longest pause. */
        @WithConverter(PositiveDuration.class)
        @WithDefault("10s")
        Duration longest();
    }

    /** The size of a page of events. */
    interface Page {
        /** Payload bytes after which a page ends early, so that the largest events cannot exhaust memory; at least those of one. */
        @WithConverter(PageBytes.class)
        @WithDefault("4194304")
        long maxPayloadBytes();
    }
}
