package io.keyturn.kit.persistence;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class InboxRetentionTest {
    @Test
    void whatATopicStillKeepsMustNotBeForgotten() {
        assertThat(InboxPruner.complaints(Duration.ofDays(31))).isEmpty();
        assertThat(InboxPruner.complaints(Duration.ofDays(30)))
                .singleElement()
                .hasToString(
                        "keyturn.inbox.retention (environment variable KEYTURN_INBOX_RETENTION) is not longer than topics keep"
                                + " their events: make it more than 30 days");
    }
}
