package io.keyturn.system;

import java.time.Duration;

import io.keyturn.testbed.platform.ServiceJar;
import io.keyturn.testbed.shop.Shop.Strategy;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whoever collects the logs finds one JSON object in every line, with the fields that docs/reference/log-messages.md promises: from
 * the start of a service up to its readiness, and through a rotation. {@link OutageST} looks at them while servers are away.
 */
class LogLinesST {
    private static final String NAMESPACE = "logged";

    @Test
    void everyLineOfEveryServiceIsOneObjectWithTheFieldsThatAreDocumented() {
        var lines = LogLines.fromNow();
        var scenario = Scenario.adopted(NAMESPACE, Strategy.ALTERNATING, Duration.ofSeconds(60));
        scenario.succeeds(scenario.rotate("logged"));

        lines.areWhole();
        assertThat(Keyturn.platform().services())
                .allSatisfy(service -> assertThat(LogLines.ofTheStart(service))
                        .as(service.log().toString())
                        .hasSizeGreaterThan(2)
                        .allSatisfy(LogLines::isWhole));
        // Something of our own is among them.
        assertThat(lines.of(Keyturn.service(ServiceJar.WATCHER)))
                .anySatisfy(line -> assertThat(line.path("message").asText()).startsWith("KT2"));
    }
}
