package io.keyturn.restart.baseline;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.contract.resource.ContentMark;
import io.keyturn.restart.reference.KeySelection;
import io.keyturn.restart.reference.PodTemplate;
import io.keyturn.restart.reference.References;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What a patch writes. */
class IntentTest {
    private static final ObjectRef DB = ObjectRef.secret("shop", "db");
    private static final References READS = References.of(
            "shop",
            new PodTemplate(
                    List.of(new PodTemplate.Container(
                            List.of(new PodTemplate.Source(DB.kind(), "db", null)), List.of())),
                    List.of()));

    @Test
    void theSameDecisionWritesTheSameHash() {
        assertThat(intent("a=2", "a=1", null).hash())
                .isEqualTo(intent("a=2", "a=1", null).hash());
    }

    @Test
    void aTemplateThatWasTakenBackToThisVeryHashStillRolls() {
        var hash = intent("a=1", "a=2", null).hash();
        assertThat(intent("a=1", "a=2", hash).hash()).isNotEqualTo(hash);
    }

    @Test
    void aWorkloadThatAnotherPlanBroughtThereIsNotRolledAgain() {
        var hash = intent("a=2", "a=1", null).hash();
        assertThat(intent("a=2", "a=2", hash).hash()).isEqualTo(hash);
    }

    @Test
    void aWorkloadWhosePodsAreOlderThanWhatWasPresumedRollsEvenToTheSameContent() {
        var presumed = new InUse(DB, KeySelection.whole(), Contents.of("a=1"), new PublicationId("run.1"));
        var again = new Stated(Contents.of("a=1"), new PublicationId("run.2"), Instant.EPOCH);
        var hash = intent("a=1", "a=1", null).hash();
        var intent = Intent.of(READS, Map.of(DB, again), Map.of(DB, presumed), hash, true, null, "plan", 1);
        assertThat(intent.hash()).isNotEqualTo(hash);
        assertThat(intent.inUse()).extracting(InUse::doubt).containsOnlyNulls();
    }

    @Test
    void aPatchThatMayHaveArrivedIsRepeatedAsItIsWhereTheSameContentIsDue() {
        var sent = intent("a=2", "a=1", null);
        assertThat(intent("a=2", "a=1", sent.hash(), new Doubt(sent)).hash()).isEqualTo(sent.hash());
        var salted = intent("a=2", "a=1", sent.hash());
        assertThat(intent("a=2", "a=1", sent.hash(), new Doubt(salted)).hash()).isEqualTo(salted.hash());
    }

    @Test
    void afterAPatchThatMayHaveBroughtOtherContentTheWorkloadRollsWhateverItsTemplateBears() {
        var usual = intent("a=1", "a=1", null).hash();
        var sent = intent("a=2", "a=1", usual);
        assertThat(intent("a=1", "a=1", usual, new Doubt(sent)).hash()).isNotEqualTo(usual);
        assertThat(intent("a=1", "a=1", usual, new Doubt(null)).hash()).isNotEqualTo(usual);
    }

    /** By that it is known which pods can only have come after the Secret was written. */
    @Test
    void theMarkNamesThePublicationsOfTheSecretsThatAreRead() {
        var mark = intent(published("a=2", "run.1"), "a=1", null, true, null).hash();

        assertThat(ContentMark.of(mark).publications()).containsExactly(Map.entry("db", new PublicationId("run.1")));
        assertThat(ContentMark.of(mark).hash())
                .isEqualTo(intent("a=2", "a=1", null).hash());
    }

    @Test
    void anotherPublicationOfTheContentThatIsThereRollsNobody() {
        var mark = intent(published("a=2", "run.1"), "a=1", null, true, null).hash();

        assertThat(intent(published("a=2", "run.2"), "a=2", mark, true, null).hash())
                .isEqualTo(mark);
        assertThat(intent(published("a=2", "run.2"), "a=1", mark, false, null).hash())
                .as("just brought, and not recorded yet")
                .isEqualTo(mark);
        assertThat(intent(published("a=2", "run.2"), "a=1", mark, true, null).hash())
                .as("taken back")
                .isNotEqualTo(mark);
    }

    private static Stated published(String content, String publication) {
        return new Stated(Contents.of(content), new PublicationId(publication), Instant.EPOCH);
    }

    @Test
    void whatIsNotKnownIsNotInUse() {
        assertThat(Intent.of(READS, Map.of(), Map.of(), null, true, null, "p", 1)
                        .inUse())
                .isEmpty();
    }

    private static Intent intent(String now, String was, @Nullable String present) {
        return intent(now, was, present, null);
    }

    private static Intent intent(String now, String was, @Nullable String present, @Nullable Doubt doubt) {
        return intent(new Stated(Contents.of(now), null, Instant.EPOCH), was, present, true, doubt);
    }

    private static Intent intent(
            Stated now, String was, @Nullable String present, boolean settled, @Nullable Doubt doubt) {
        return Intent.of(
                READS,
                Map.of(DB, now),
                Map.of(DB, new InUse(DB, KeySelection.whole(), Contents.of(was))),
                present,
                settled,
                doubt,
                "plan",
                1);
    }
}
