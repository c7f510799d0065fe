package io.keyturn.system.docs;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import io.keyturn.system.docs.FaultCatalogue.Entry;
import io.keyturn.system.docs.ReliabilityPage.Proof;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ReliabilityPageTest {
    private static final String ALL = "all of it";

    /** What of each fault and invariant is not shown, by its number. */
    private static Map<String, String> open() {
        var open = new LinkedHashMap<String, String>();
        Invariants.ENTRIES.forEach(entry -> open.put(entry.number(), entry.open()));
        FaultCatalogue.ENTRIES.forEach(entry -> open.put(entry.number(), entry.open()));
        return open;
    }

    @Test
    void invariantsAreNumberedInTurn() {
        assertThat(Invariants.ENTRIES)
                .extracting(Invariants.Entry::number)
                .isEqualTo(IntStream.rangeClosed(1, Invariants.ENTRIES.size())
                        .mapToObj(number -> "I" + number)
                        .toList());
    }

    @Test
    void everyFaultHasItsNumberOnce() {
        assertThat(FaultCatalogue.ENTRIES)
                .extracting(Entry::number)
                .allSatisfy(number -> assertThat(number).matches("R\\d\\d"))
                .doesNotHaveDuplicates()
                .isSorted();
    }

    @Test
    void everyTestThatNamesANumberExistsRunsAndNamesOneThatIsThere() {
        var known = open().keySet();
        var sources = NamedTests.sources();

        assertThat(ReliabilityPage.proofs()).hasSizeGreaterThan(15).allSatisfy(proof -> {
            assertThat(known).containsAll(proof.numbers());
            assertThat(new NamedTests.Named(proof.type(), proof.method(), proof.mayBeSkipped()).faults(sources))
                    .isEmpty();
        });
    }

    @Test
    void whatHasNoTestIsSaidNotToBeShownAndNothingElse() {
        var shown = ReliabilityPage.proofs().stream()
                .flatMap(proof -> proof.numbers().stream())
                .distinct()
                .toList();

        assertThat(open())
                .allSatisfy((number, open) ->
                        assertThat(open.equals(ALL)).as(number).isEqualTo(!shown.contains(number)));
    }

    @Test
    void marksAreReadWithTheTestTheyStandAt() {
        var source = """
                class XIT {
                    @Proves("R01")
                    @Test
                    void oneThing() {}

                    @Test
                    void another() {}

                    @ParameterizedTest
                    @Proves({"R02", "R03", "I1"})
                    @CsvSource({"a, b"})
                    void aThirdThing(String a, String b) throws Exception {}
                }
                """;

        var proofs = ReliabilityPage.proofs("m", "XIT", source);

        assertThat(proofs)
                .containsExactly(
                        new Proof("m", "XIT", "oneThing", List.of("R01"), false, false),
                        new Proof("m", "XIT", "aThirdThing", List.of("R02", "R03", "I1"), false, false));
        assertThat(proofs.getLast().sentence()).isEqualTo("a third thing");
    }

    @Test
    void linkSaysWhatKeepsATestFromRunning() {
        var source = """
                @Tag("chaos")
                class XST {
                    @Proves("R01")
                    @Test
                    void oneThing() {
                        assumeTrue(isAllowed(), "it is allowed");
                    }
                }
                """;

        assertThat(ReliabilityPage.proofs("m", "XST", source))
                .extracting(Proof::link)
                .containsExactly("one thing (`XST.oneThing`, by `make chaos`, which may be skipped)");
    }
}
