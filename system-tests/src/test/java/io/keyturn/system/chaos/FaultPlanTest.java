package io.keyturn.system.chaos;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import io.keyturn.system.chaos.FaultPlan.Fault;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class FaultPlanTest {
    /** Four are killed, one stands still, seven of servers, four on each of thirteen links. */
    private static final int ALL = 12 + 4 * 13;

    private static final Duration LENGTH = Duration.ofMinutes(5);

    @Test
    void oneSeedIsOnePlan() {
        assertThat(faults(7, 3 * ALL)).isEqualTo(faults(7, 3 * ALL)).isNotEqualTo(faults(8, 3 * ALL));
    }

    @Test
    void everyFaultComesOnceBeforeAnyComesAgain() {
        var names = faults(7, 2 * ALL + 1).stream()
                .map(Fault::name)
                .filter(name -> !name.equals("BROKER_AWAY"))
                .toList();

        assertThat(names.subList(0, ALL)).doesNotHaveDuplicates();
        assertThat(names.subList(ALL, 2 * ALL))
                .doesNotHaveDuplicates()
                .hasSameElementsAs(names.subList(0, ALL))
                .isNotEqualTo(names.subList(0, ALL));
    }

    @Test
    void brokerIsAwayForLongOnceAndFirst() {
        assertThat(away(faults(7, 3 * ALL))).hasSize(1).isSubsetOf(faults(7, 1));
        assertThat(away(faults(7, ALL)).getFirst().hold()).isEqualTo(Duration.ofSeconds(30));
        assertThat(away(faults(new FaultPlan(7, Duration.ofHours(2)), ALL))
                        .getFirst()
                        .hold())
                .isEqualTo(Duration.ofMinutes(2));
    }

    private static List<Fault> away(List<Fault> faults) {
        return faults.stream()
                .filter(fault -> fault.kind() == FaultPlan.Kind.BROKER_AWAY)
                .toList();
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
        return faults(new FaultPlan(seed, LENGTH), number);
    }

    private static List<Fault> faults(FaultPlan plan, int number) {
        return Stream.generate(plan::next).limit(number).toList();
    }
}
