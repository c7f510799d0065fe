package io.keyturn.rotation.runner;

import java.util.List;

import io.keyturn.kit.start.Complaint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class StandStillTest {
    @Test
    void aListOfSecretRotationsAndPointsIsFineAndSoIsNone() {
        assertThat(StandStill.complaints(List.of())).isEmpty();
        assertThat(StandStill.complaints(List.of("shop/orders=after-apply", " shop/other=before-restore-store ")))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "after-apply",
                "orders=after-apply",
                "shop/orders",
                "shop/orders=after-undo",
                "a/b/c=after-apply"
            })
    void whateverElseIsRefusedWithTheNamesOfAllPoints(String wrong) {
        assertThat(StandStill.complaints(List.of("shop/orders=after-apply", wrong)))
                .singleElement()
                .satisfies(complaint -> {
                    assertThat(complaint.property()).isEqualTo("keyturn.rotation.runner.crash-points");
                    assertThat(complaint.remedy())
                            .contains(CrashPoint.all().stream()
                                    .map(CrashPoint::toString)
                                    .toList());
                })
                .extracting(Complaint::wrong)
                .isEqualTo("is not a list of namespace/name=point");
    }
}
