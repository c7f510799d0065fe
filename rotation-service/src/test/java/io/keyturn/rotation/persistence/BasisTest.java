package io.keyturn.rotation.persistence;

import io.keyturn.contract.event.RequestReason;
import io.keyturn.contract.reference.RotationId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class BasisTest {
    @ParameterizedTest
    @CsvSource({
        "SCHEDULE,   before, before, false",
        "MANUAL,     before, before, false",
        "DRIFT,      before, other,  true",
        "SCHEDULE,   before, other,  true",
        "MANUAL,     before, other,  true",
        "MANUAL,     ,       other,  true",
        "MANUAL,     before, ,       false",
        "MANUAL,     ,       ,       false",
        "COMPROMISE, before, other,  false",
        "ADOPT,      ,       other,  false"
    })
    void requestIsStaleOnceAnotherRunHasEndedThanTheOneItKnew(
            RequestReason reason, @Nullable String basedOn, @Nullable String last, boolean stale) {
        var basis = new Basis(reason, basedOn == null ? null : new RotationId(basedOn));

        assertThat(basis.isStale(last)).isEqualTo(stale);
    }
}
