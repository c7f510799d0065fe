package io.keyturn.restart.baseline;

import java.time.Instant;
import java.util.List;
import java.util.Random;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.restart.reference.KeySelection;
import org.junit.jupiter.api.Test;

import static io.keyturn.restart.baseline.Verdict.ADOPT;
import static io.keyturn.restart.baseline.Verdict.CHANGED;
import static io.keyturn.restart.baseline.Verdict.UNCHANGED;
import static io.keyturn.restart.reference.KeySelection.some;
import static io.keyturn.restart.reference.KeySelection.whole;
import static org.assertj.core.api.Assertions.assertThat;

/** What counts as a change. */
class VerdictTest {
    private static final ObjectRef DB = ObjectRef.secret("shop", "db");

    @Test
    void whatWasNeverSeenIsAdopted() {
        assertThat(Verdict.compare(null, whole(), stated(Contents.of("a=1")))).isEqualTo(ADOPT);
    }

    @Test
    void equalContentIsUnchanged() {
        assertThat(compare(whole(), Contents.of("a=1"), whole(), Contents.of("a=1")))
                .isEqualTo(UNCHANGED);
    }

    @Test
    void anotherValueIsAChange() {
        assertThat(compare(some("a"), Contents.of("a=1"), some("a"), Contents.of("a=2")))
                .isEqualTo(CHANGED);
    }

    @Test
    void onlyReferencedKeysCount() {
        assertThat(compare(some("a"), Contents.of("a=1", "b=1"), some("a"), Contents.of("a=1", "b=2")))
                .isEqualTo(UNCHANGED);
    }

    @Test
    void aKeyThatCameOrWentIsAChange() {
        assertThat(compare(whole(), Contents.of("a=1"), whole(), Contents.of("a=1", "b=1")))
                .isEqualTo(CHANGED);
        assertThat(compare(some("a"), Contents.of("a=1"), some("a"), Contents.of("b=1")))
                .isEqualTo(CHANGED);
    }

    @Test
    void aKeyThatIsStillMissingIsUnchanged() {
        assertThat(compare(some("a"), Content.EMPTY, some("a"), Contents.of("b=1")))
                .isEqualTo(UNCHANGED);
    }

    @Test
    void oneGenerationInCommonIsEnough() {
        assertThat(compare(whole(), Contents.of(List.of(1), "a=1"), whole(), Contents.of(List.of(1, 2), "a=1")))
                .isEqualTo(UNCHANGED);
        assertThat(compare(whole(), Contents.of(List.of(1, 2), "a=1"), whole(), Contents.of(List.of(2), "a=1")))
                .isEqualTo(UNCHANGED);
        assertThat(compare(whole(), Contents.of(List.of(1, 2), "a=1"), whole(), Contents.of(List.of(1, 2), "a=2")))
                .isEqualTo(CHANGED);
    }

    @Test
    void withoutAGenerationInCommonNothingSaysThatItIsTheSame() {
        assertThat(compare(whole(), Contents.of(List.of(1), "a=1"), whole(), Contents.of(List.of(2), "a=1")))
                .isEqualTo(CHANGED);
    }

    @Test
    void aKeyThatIsReadAnewIsAdopted() {
        assertThat(compare(some("a"), Contents.of("a=1"), some("a", "b"), Contents.of("a=1", "b=7")))
                .isEqualTo(ADOPT);
        assertThat(compare(some("a"), Contents.of("a=1"), whole(), Contents.of("a=1", "b=7")))
                .isEqualTo(ADOPT);
    }

    @Test
    void aKeyThatWasReadBeforeStillCountsWhenOthersAreNew() {
        assertThat(compare(some("a"), Contents.of("a=1"), whole(), Contents.of("a=2", "b=7")))
                .isEqualTo(CHANGED);
    }

    @Test
    void rotatingTheMasterNeverLooksLikeAChange() {
        var random = new Random(4711);
        for (int round = 0; round < 200; round++) {
            var generation = 1 + random.nextInt(5);
            var values = new String[] {"a=" + random.nextInt(), "b=" + random.nextInt()};
            var before = Contents.of(Contents.upTo(generation), values);
            var after = Contents.of(List.of(generation, generation + 1), values);
            assertThat(compare(whole(), before, whole(), after)).isEqualTo(UNCHANGED);
        }
    }

    @Test
    void theHashDependsOnReferencedContentOnly() {
        var one = ContentHash.of(List.of(new InUse(DB, some("a"), Contents.of("a=1", "b=1"))), "");
        var other = ContentHash.of(List.of(new InUse(DB, some("a"), Contents.of("a=1", "b=2"))), "");
        assertThat(one).isEqualTo(other).matches("[0-9a-f]{32}");
        assertThat(ContentHash.of(List.of(new InUse(DB, some("a"), Contents.of("a=2"))), ""))
                .isNotEqualTo(one);
        assertThat(ContentHash.of(List.of(new InUse(DB, some("a"), Contents.of("a=1"))), "plan"))
                .isNotEqualTo(one);
    }

    private static Verdict compare(KeySelection read, Content was, KeySelection reads, Content now) {
        return Verdict.compare(new InUse(DB, read, was), reads, stated(now));
    }

    private static Stated stated(Content content) {
        return new Stated(content, null, Instant.EPOCH);
    }
}
