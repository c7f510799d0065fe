package io.keyturn.contract.resource;

import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class SteeringTest {
    @ParameterizedTest
    @CsvSource({
        "false, , true",
        "' False ', , true",
        ", FALSE, true",
        "true, false, false",
        "false, true, true",
        "'', false, false",
        "no, , false",
        ", , false",
    })
    void theWorkloadsOwnWordCountsBeforeItsTemplates(@Nullable String own, @Nullable String template, boolean optsOut) {
        assertThat(Steering.optsOut(annotations(own), annotations(template))).isEqualTo(optsOut);
    }

    private static Map<String, String> annotations(@Nullable String restart) {
        return restart == null ? Map.of("other", "false") : Map.of(Annotations.RESTART, restart);
    }
}
