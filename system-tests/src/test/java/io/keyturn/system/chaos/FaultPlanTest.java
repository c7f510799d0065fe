package io.keyturn.system.chaos;

import java.util.List;
import java.util.stream.Stream;

import io.keyturn.system.chaos.FaultPlan.Fault;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class FaultPlanTest {
    /** Nine of a process or server, four on each of four links. */
    private static final int ALL = 9 + 4 * 4;

    @Test
    void oneSeedIsOnePlan() {
        assertThat(faults(7, 3 * ALL)).isEqualTo(faults(7, 3 * ALL)).isNotEqualTo(faults(8, 3 * ALL));
    }

    @Test
    void everyFaultComesOnceBeforeAnyComesAgain() {
        var names = faults(7, 2 * ALL).stream().map(Fault::name).toList();

        assertThat(names.subList(0, ALL)).doesNotHaveDuplicates();
        assertThat(names.subList(ALL, 2 * ALL))
                .doesNotHaveDuplicates()
                .hasSameElementsAs(names.subList(0, ALL))
                .isNotEqualTo(names.subList(0, ALL));
    }

    @Test
    void theProcessIsKilledWhileOtherThingsFailButNotWhileItIsKilledOrFrozen() {
        assertThat(faults(7, 20 * ALL)).anyMatch(Fault::killedMeanwhile).allSatisfy(fault -> {
            if (fault.kind() == FaultPlan.Kind.KILLED || fault.kind() == FaultPlan.Kind.FROZEN) {
                assertThat(fault.killedMeanwhile()).isFalse();
            }
        });
    }

    private static List<Fault> faults(long seed, int number) {
        var plan = new FaultPlan(seed);
        return Stream.generate(plan::next).limit(number).toList();
    }
}
