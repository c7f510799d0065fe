package io.keyturn.system;

import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;

import io.keyturn.testbed.shop.Shop.Strategy;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CrashTwiceTest {
    /** Why they have no second stop: nothing that changes target, live path or publication comes after the first. */
    private static final List<String> ADOPTION_CHANGES_NOTHING =
            List.of("before-adopt", "after-adopt", "committed-adopt");

    private static final List<String> REPAIRED_AND_NOTED = List.of("committed-repair");
    private static final List<String> OLD_VALUE_IS_RETIRED =
            List.of("committed-retire", "before-finish", "after-finish", "committed-finish");
    private static final List<String> ALL_IS_BACK = List.of(
            "committed-restore-publications",
            "before-await-consumers",
            "after-await-consumers",
            "committed-await-consumers");
    private static final List<String> VALUE_IS_TAKEN_AWAY = List.of("committed-retract-target");
    private static final List<String> NOTHING_BUT_WHAT_IS_KEPT =
            List.of("before-discard", "after-discard", "committed-discard");

    @Test
    void whoHasNoSecondStopIsListedWithTheReason() {
        assertThat(withoutSecond(Strategy.SINGLE))
                .containsExactlyInAnyOrderElementsOf(all(
                        ADOPTION_CHANGES_NOTHING,
                        REPAIRED_AND_NOTED,
                        OLD_VALUE_IS_RETIRED,
                        ALL_IS_BACK,
                        NOTHING_BUT_WHAT_IS_KEPT));
        assertThat(withoutSecond(Strategy.ALTERNATING))
                .containsExactlyInAnyOrderElementsOf(all(
                        ADOPTION_CHANGES_NOTHING,
                        REPAIRED_AND_NOTED,
                        OLD_VALUE_IS_RETIRED,
                        VALUE_IS_TAKEN_AWAY,
                        NOTHING_BUT_WHAT_IS_KEPT));
    }

    private static List<String> withoutSecond(Strategy strategy) {
        return CrashTwice.firsts().stream()
                .filter(one ->
                        one.strategy() == strategy && CrashTwice.seconds(one).isEmpty())
                .map(CrashCase::point)
                .toList();
    }

    @SafeVarargs
    private static List<String> all(List<String>... reasons) {
        return List.of(reasons).stream().flatMap(List::stream).toList();
    }

    @Test
    void allRoundsTogetherHaveEveryPairOnce() {
        var pairs = new HashSet<CrashCase>();
        CrashTwice.firsts().forEach(one -> CrashTwice.seconds(one).forEach(second -> pairs.add(one.again(second))));

        var all = IntStream.range(0, CrashTwice.rounds())
                .mapToObj(CrashTwice::round)
                .flatMap(List::stream)
                .toList();

        assertThat(all).hasSizeGreaterThan(500).doesNotHaveDuplicates().hasSameElementsAs(pairs);
    }

    @Test
    void noTwoOfARoundHaveOneName() {
        for (int round = 0; round < CrashTwice.rounds(); round++) {
            assertThat(CrashTwice.round(round)).extracting(CrashCase::name).doesNotHaveDuplicates();
        }
    }

    @Test
    void theFirstRoundStopsAtEveryChange() {
        assertThat(CrashTwice.round(0))
                .extracting(one -> CrashCase.step(String.valueOf(one.again())))
                .contains(
                        "repair",
                        "apply",
                        "promote",
                        "publish",
                        "retire",
                        "restore-target",
                        "restore-store",
                        "restore-publications",
                        "retract-target");
    }
}
