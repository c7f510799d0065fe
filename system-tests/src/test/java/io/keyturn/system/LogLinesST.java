package io.keyturn.system;

import java.time.Duration;
import java.util.List;

import io.keyturn.testbed.platform.ServiceJar;
import io.keyturn.testbed.shop.Shop.Strategy;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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

    @Test
    void whatSomebodyPrintsToStandardErrorIsALineWithoutItsWords() {
        var watcher = Keyturn.service(ServiceJar.WATCHER);
        var lines = LogLines.fromNow();
        // The JDK prints to System.err then, as a driver does of its own accord when a server ends its session.
        watcher.restart(List.of("-Djava.security.debug=keystore"));
        try {
            watcher.awaitReady();
            await().atMost(Scenario.PATIENCE)
                    .untilAsserted(() -> assertThat(lines.of(watcher))
                            .extracting(line -> line.path("message").asText())
                            .anyMatch(message -> message.matches("KT1006: \\S+ printed a line; its text is left out")));
            lines.areWhole();
        } finally {
            watcher.restart();
            watcher.awaitReady();
        }
    }
}
