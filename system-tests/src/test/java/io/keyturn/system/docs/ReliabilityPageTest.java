package io.keyturn.system.docs;

import java.util.List;

import io.keyturn.system.docs.FaultCatalogue.Entry;
import io.keyturn.system.docs.ReliabilityPage.Proof;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ReliabilityPageTest {
    private static final String ALL = "all of it";

    @Test
    void everyFaultHasItsNumberOnce() {
        assertThat(FaultCatalogue.ENTRIES)
                .extracting(Entry::number)
                .allSatisfy(number -> assertThat(number).matches("R\\d\\d"))
                .doesNotHaveDuplicates()
                .isSorted();
    }

    @Test
    void everyTestThatNamesAFaultExistsRunsAndNamesOneOfTheCatalogue() {
        var known = FaultCatalogue.ENTRIES.stream().map(Entry::number).toList();
        var sources = NamedTests.sources();

        assertThat(ReliabilityPage.proofs()).hasSizeGreaterThan(15).allSatisfy(proof -> {
            assertThat(known).containsAll(proof.faults());
            assertThat(new NamedTests.Named(proof.type(), proof.method()).faults(sources))
                    .isEmpty();
        });
    }

    @Test
    void aFaultWithoutATestIsSaidNotToBeShownAndNoOther() {
        var shown = ReliabilityPage.proofs().stream()
                .flatMap(proof -> proof.faults().stream())
                .distinct()
                .toList();

        assertThat(FaultCatalogue.ENTRIES)
                .allSatisfy(entry -> assertThat(entry.open().equals(ALL))
                        .as(entry.number())
                        .isEqualTo(!shown.contains(entry.number())));
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
                    @Proves({"R02", "R03"})
                    @CsvSource({"a, b"})
                    void aThirdThing(String a, String b) throws Exception {}
                }
                """;

        var proofs = ReliabilityPage.proofs("m", "XIT", source);

        assertThat(proofs)
                .containsExactly(
                        new Proof("m", "XIT", "oneThing", List.of("R01"), false),
                        new Proof("m", "XIT", "aThirdThing", List.of("R02", "R03"), false));
        assertThat(proofs.getLast().sentence()).isEqualTo("a third thing");
    }
}
