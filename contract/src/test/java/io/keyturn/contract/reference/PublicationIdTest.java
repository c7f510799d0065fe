package io.keyturn.contract.reference;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

    @Test
    void runOfAnyPublicationIsOne() {
        assertThat(new PublicationId("a".repeat(40) + ".999999999").run()).isEqualTo(new RotationId("a".repeat(40)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.1",
                "a.2147483648",
                "a.1.1",
                "a.",
                ".1",
                "a",
                "A.1",
                "a.-1",
                ""
            })
    void whatFitsNoRunOrNoAttemptIsNone(String text) {
        assertThatThrownBy(() -> new PublicationId(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
