package io.keyturn.rotation.policy;

import java.util.Map;

import io.keyturn.contract.event.Verdict;
import io.keyturn.contract.reference.ActorName;
import io.keyturn.contract.reference.RotationId;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class WordTest {
    @Test
    void approvalAndRefusalAreSomebodys() {
        assertThat(word(Map.of("keyturn.io/approve", "r1", "keyturn.io/approved-by", "anna@example.org"))
                        .verdict())
                .contains(new Word.Said(Verdict.APPROVED, new ActorName("anna@example.org")));
        assertThat(word(Map.of("keyturn.io/refuse", "r1", "keyturn.io/approved-by", "oidc#anna"))
                        .verdict())
                .contains(new Word.Said(Verdict.REFUSED, new ActorName("oidc#anna")));
        assertThat(word(Map.of("keyturn.io/approve", "r1", "keyturn.io/approved-by", "CN=Anna B, OU=shop"))
                        .verdict())
                .contains(new Word.Said(Verdict.APPROVED, new ActorName("CN=Anna B, OU=shop")));
        assertThat(word(Map.of("keyturn.io/approve", "r1")).verdict()).isEmpty();
        assertThat(word(Map.of("keyturn.io/refuse", "r1")).verdict()).isEmpty();
        assertThat(word(Map.of("keyturn.io/approve", "r1", "keyturn.io/approved-by", "no=name=="))
                        .verdict())
                .isEmpty();
    }

    @Test
    void wordAboutAnotherRunIsNoWordAboutThisOne() {
        for (var name : new String[] {"approve", "refuse", "retry", "abort"}) {
            var word = word(Map.of("keyturn.io/" + name, "r2", "keyturn.io/approved-by", "anna"));
            assertThat(word.verdict()).isEmpty();
            assertThat(word.aborts()).isFalse();
            assertThat(word.resumesFrom(1)).isFalse();
        }
    }

    @Test
    void refusalCountsMoreThanAnApproval() {
        assertThat(word(Map.of("keyturn.io/approve", "r1", "keyturn.io/refuse", "r1", "keyturn.io/approved-by", "anna"))
                        .verdict())
                .contains(new Word.Said(Verdict.REFUSED, new ActorName("anna")));
    }

    /** The approval that let it begin still stands there. */
    @Test
    void runGoesOnFromThePauseThatIsNamed() {
        var word =
                word(Map.of("keyturn.io/approve", "r1", "keyturn.io/approved-by", "anna", "keyturn.io/retry", "r1.2"));

        assertThat(word.resumesFrom(2)).isTrue();
        assertThat(word.resumesFrom(1)).isFalse();
        for (var other : new String[] {"r1", "r1.", "r1.x", "r11.2", "r1.2.3"}) {
            assertThat(word(Map.of("keyturn.io/retry", other)).resumesFrom(2)).isFalse();
        }
    }

    private static Word word(Map<String, String> annotations) {
        return new Word(new RotationId("r1"), annotations);
    }
}
