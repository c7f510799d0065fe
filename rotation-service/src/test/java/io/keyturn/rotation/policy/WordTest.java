package io.keyturn.rotation.policy;

import java.util.Map;

import io.keyturn.contract.reference.ActorName;
import io.keyturn.contract.reference.RotationId;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class WordTest {
    private static final RotationId RUN = new RotationId("r1");

    @Test
    void approvalAndRefusalAreSomebodys() {
        assertThat(said(Map.of("keyturn.io/approve", "r1", "keyturn.io/approved-by", "anna@example.org")))
                .isEqualTo(new Word.Approved(new ActorName("anna@example.org")));
        assertThat(said(Map.of("keyturn.io/refuse", "r1", "keyturn.io/approved-by", "oidc#anna")))
                .isEqualTo(new Word.Refused(new ActorName("oidc#anna")));
        assertThat(said(Map.of("keyturn.io/approve", "r1"))).isEqualTo(new Word.None());
        assertThat(said(Map.of("keyturn.io/refuse", "r1"))).isEqualTo(new Word.None());
        assertThat(said(Map.of("keyturn.io/approve", "r1", "keyturn.io/approved-by", "no\nname")))
                .isEqualTo(new Word.None());
    }

    @Test
    void wordAboutAnotherRunIsNoWordAboutThisOne() {
        for (var name : new String[] {"approve", "refuse", "retry", "abort"}) {
            assertThat(said(Map.of("keyturn.io/" + name, "r2", "keyturn.io/approved-by", "anna")))
                    .isEqualTo(new Word.None());
        }
        assertThat(said(Map.of())).isEqualTo(new Word.None());
    }

    @Test
    void whatStopsARunCountsMoreThanWhatLetsItGoOn() {
        assertThat(said(Map.of("keyturn.io/abort", "r1", "keyturn.io/retry", "r1")))
                .isEqualTo(new Word.Abort());
        assertThat(said(Map.of(
                        "keyturn.io/approve", "r1", "keyturn.io/refuse", "r1", "keyturn.io/approved-by", "anna")))
                .isEqualTo(new Word.Refused(new ActorName("anna")));
        assertThat(said(Map.of("keyturn.io/retry", "r1"))).isEqualTo(new Word.Retry());
    }

    private static Word said(Map<String, String> annotations) {
        return Word.about(RUN, annotations);
    }
}
