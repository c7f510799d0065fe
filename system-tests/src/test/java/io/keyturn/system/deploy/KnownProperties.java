package io.keyturn.system.deploy;

import java.nio.file.Path;

import io.keyturn.testbed.process.Tools;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

import static org.assertj.core.api.Assertions.assertThat;

/** What Quarkus does not say: it knows its own properties only; those of Kafka's clients and our own are listed elsewhere. */
final class KnownProperties {
    private static final Path OURS = Tools.repository().resolve("docs/reference/configuration.md");

    private KnownProperties() {}

    /** Whether it is Quarkus' business, or a name that Kafka's clients or the reference of our own know. */
    static boolean include(String property) {
        if (property.startsWith("kafka.")) {
            var name = property.substring("kafka.".length());
            return ConsumerConfig.configNames().contains(name)
                    || ProducerConfig.configNames().contains(name);
        }
        if (property.startsWith("keyturn.")) {
            return Chart.read(OURS).contains("| `" + property + "` |");
        }
        return property.startsWith("quarkus.");
    }

    static void assertInclude(Iterable<String> properties) {
        assertThat(properties).hasSizeGreaterThan(5).allMatch(KnownProperties::include);
    }
}
