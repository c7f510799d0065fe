package io.keyturn.contract.reference;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PublicationIdTest {
    @Test
    void attemptsOfOneRunAreInOrder() {
        var second = PublicationId.of(new RotationId("r0a1"), 2);
        assertThat(second).hasToString("r0a1.2");
        assertThat(second.isLaterAttemptOf(new PublicationId("r0a1.1"))).isTrue();
        assertThat(second.isLaterAttemptOf(second)).isFalse();
        assertThat(second.isLaterAttemptOf(new PublicationId("r0a1.10"))).isFalse();
        assertThat(new PublicationId("r0a1.10").isLaterAttemptOf(second)).isTrue();
        assertThat(second.isLaterAttemptOf(new PublicationId("r0a.1"))).isFalse();
    }
}
