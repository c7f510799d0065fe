package io.keyturn.system.deploy;

import java.util.HashMap;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;

import io.keyturn.contract.codec.CloudEventCodec;
import io.keyturn.contract.topic.Topic;
import io.keyturn.testbed.kafka.KafkaServer;
import io.keyturn.testbed.process.Tools;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A real broker holds the topics of {@code deploy/kafka} to the size that their readers' memory is made for. */
class KafkaTopicsIT {
    private static final int MUCH = 64 << 20;

    private static KafkaServer server;

    @BeforeAll
    static void start() {
        server = KafkaServer.start();
        server.provision(Tools.repository().resolve("deploy/kafka"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    static Stream<String> topics() {
        return Stream.of(Topic.values())
                .flatMap(topic -> Stream.concat(
                        Stream.of(topic.topicName()), topic.readers().stream().map(topic::deadLetterTopic)));
    }

    @ParameterizedTest
    @MethodSource("topics")
    void whatIsSmallOnlyWhilePackedIsRefused(String topic) throws Exception {
        for (var packing : Set.of("gzip", "zstd")) {
            try (var producer = producer(packing)) {
                assertThatThrownBy(() -> producer.send(record(topic, MUCH)).get())
                        .as(packing)
                        .isInstanceOf(ExecutionException.class)
                        .hasCauseInstanceOf(RecordTooLargeException.class);

                var largest = CloudEventCodec.MAX_VALUE_BYTES - 1024;
                assertThat(producer.send(record(topic, largest)).get().serializedValueSize())
                        .isEqualTo(largest);
            }
        }
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, int bytes) {
        return new ProducerRecord<>(topic, new byte[] {1}, new byte[bytes]);
    }

    private static KafkaProducer<byte[], byte[]> producer(String packing) {
        var config = new HashMap<String, Object>(server.clientConfig(KafkaServer.ADMIN));
        config.put("compression.type", packing);
        config.put("max.request.size", 2 * MUCH);
        config.put("buffer.memory", 3 * MUCH);
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }
}
