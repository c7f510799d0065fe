package io.keyturn.kit.start;

import java.util.List;

import io.keyturn.contract.topic.Service;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class KnownKeysTest {
    private final KnownKeys keys = new KnownKeys(
            Service.ROTATION,
            List.of(
                    "keyturn.cluster",
                    "keyturn.inbox.retention",
                    "keyturn.rotation.runner.step-deadline",
                    "keyturn.rotation.verify.allow-loopback",
                    "keyturn.rotation.names[*]"));

    @Test
    void knownOnesThoseOfOtherServicesAndForeignOnesAreLeftAlone() {
        assertThat(keys.unknownVariables(List.of(
                        "KEYTURN_CLUSTER",
                        "KEYTURN_INBOX_RETENTION",
                        "KEYTURN_ROTATION_RUNNER_STEP_DEADLINE",
                        "KEYTURN_ROTATION_NAMES",
                        "KEYTURN_ROTATION_NAMES_0_",
                        "KEYTURN_WATCHER_LEADER_LEASE",
                        "KEYTURN_UID",
                        "PATH")))
                .isEmpty();
    }

    @Test
    void whatResemblesNothingIsToldWithAPlaceToLookItUp() {
        assertThat(keys.unknownVariables(List.of("KEYTURN_ROTATION_SOMETHING_ELSE_ENTIRELY")))
                .singleElement()
                .satisfies(complaint -> assertThat(complaint.remedy()).startsWith("remove it, or look its name up"));
    }

    @Test
    void aMisspeltVariableOfTheInboxIsTold() {
        assertThat(keys.unknownVariables(List.of("KEYTURN_INBOX_RETENTOIN")))
                .singleElement()
                .satisfies(
                        complaint -> assertThat(complaint.remedy()).isEqualTo("did you mean keyturn.inbox.retention?"));
    }

    @Test
    void aMisspeltVariableOfThisServiceIsTold() {
        assertThat(keys.unknownVariables(List.of("KEYTURN_ROTATION_RUNNER_STEP_DEDLINE")))
                .singleElement()
                .satisfies(complaint -> assertThat(complaint.remedy())
                        .isEqualTo("did you mean keyturn.rotation.runner.step-deadline?"));
    }
}
