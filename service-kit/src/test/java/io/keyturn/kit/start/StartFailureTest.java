package io.keyturn.kit.start;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;

import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/** What the frameworks in use really throw. */
class StartFailureTest {
    private static final String SECRET = "hunter2";

    /** Settings of each form. */
    @ConfigMapping(prefix = "keyturn.sample")
    interface Sample {
        Duration patience();

        int count();

        Colour colour();

        String name();

        @WithConverter(PositiveDuration.class)
        @WithDefault("1s")
        Duration pause();

        @WithConverter(Concurrency.class)
        @WithDefault("1")
        int atOnce();

        @WithConverter(PageBytes.class)
        @WithDefault("4194304")
        long page();
    }

    /** Two words. */
    enum Colour {
        RED,
        GREEN
    }

    @Test
    void eachWrongSettingIsToldWithTheFormItMustHave() {
        assertThat(complaintsAbout(Map.of(
                        "keyturn.sample.patience", SECRET,
                        "keyturn.sample.count", SECRET,
                        "keyturn.sample.colour", SECRET)))
                .contains(
                        "keyturn.sample.patience (environment variable KEYTURN_SAMPLE_PATIENCE) has a value of the wrong form: write a"
                                + " length of time such as 500ms, 30s, 10m or 24h")
                .contains(
                        "keyturn.sample.count (environment variable KEYTURN_SAMPLE_COUNT) has a value of the wrong form: write"
                                + " a whole number")
                .contains(
                        "keyturn.sample.colour (environment variable KEYTURN_SAMPLE_COLOUR) has a value of the wrong form:"
                                + " write one of")
                .contains("keyturn.sample.name (environment variable KEYTURN_SAMPLE_NAME) is missing")
                .doesNotContain(SECRET);
    }

    @ParameterizedTest
    @CsvSource({
        "keyturn.sample.pause, 0s, Duration must be longer than 0",
        "keyturn.sample.pause, -1s, Duration must be longer than 0",
        "keyturn.sample.pause, soon, a length of time such as",
        "keyturn.sample.at-once, 0, must be a whole number from 1 to 1000",
        "keyturn.sample.at-once, 1001, must be a whole number from 1 to 1000",
        "keyturn.sample.at-once, many, write a whole number",
        "keyturn.sample.page, 1048575, must be a whole number from 1048576 on",
        "keyturn.sample.page, -1, must be a whole number from 1048576 on",
        "keyturn.sample.page, all, write a whole number"
    })
    void whatIsOutOfRangeIsToldWithTheRange(String property, String value, String remedy) {
        assertThat(complaintsAbout(Map.of(property, value)))
                .contains(property + " (environment variable ")
                .contains(remedy);
    }

    @Test
    void anEmptySettingIsToldAsEmpty() {
        assertThat(complaintsAbout(Map.of(
                        "keyturn.sample.patience", "",
                        "keyturn.sample.count", "1",
                        "keyturn.sample.colour", "red",
                        "keyturn.sample.name", "")))
                .contains("keyturn.sample.patience (environment variable KEYTURN_SAMPLE_PATIENCE) is empty")
                .contains("keyturn.sample.name (environment variable KEYTURN_SAMPLE_NAME) is empty");
    }

    @Test
    void whatKafkasClientRefusesIsToldByItsProperty() {
        var failure = catchThrowable(() -> new KafkaProducer<>(
                Map.of("bootstrap.servers", "localhost:9092", "linger.ms", SECRET),
                new StringSerializer(),
                new StringSerializer()));
        assertThat(StartFailure.complaints(new RuntimeException(failure)))
                .singleElement()
                .satisfies(complaint -> assertThat(complaint.property()).isEqualTo("kafka.linger.ms"));
    }

    @Test
    void whatTheDatabaseRefusesIsToldByItsState() {
        assertThat(StartFailure.complaints(new IllegalStateException(new SQLException(SECRET, "28P01"))))
                .singleElement()
                .satisfies(complaint -> assertThat(complaint.property()).isEqualTo("quarkus.flyway.username"));
        assertThat(StartFailure.complaints(new SQLException(SECRET, "3D000")))
                .singleElement()
                .satisfies(complaint -> assertThat(complaint.property()).isEqualTo("quarkus.datasource.jdbc.url"));
        assertThat(StartFailure.complaints(new SQLException(SECRET, "42P01"))).isEmpty();
    }

    @Test
    void ofAnythingElseOnlyClassesAndPlaceAreTold() {
        var failure = new IllegalStateException(SECRET, new ArithmeticException(SECRET));
        assertThat(StartFailure.complaints(failure)).isEmpty();
        assertThat(StartFailure.trace(failure))
                .startsWith("java.lang.IllegalStateException < java.lang.ArithmeticException at ")
                .contains("StartFailureTest")
                .doesNotContain(SECRET);
    }

    private static String complaintsAbout(Map<String, String> settings) {
        var failure = catchThrowable(() -> new SmallRyeConfigBuilder()
                .withConverter(Duration.class, 200, new DurationConverter())
                .withMapping(Sample.class)
                .withSources(new PropertiesConfigSource(settings, "test", 100))
                .build());
        assertThat(failure).isInstanceOf(ConfigValidationException.class);
        return StartFailure.complaints(new RuntimeException("Failed to start", failure))
                .toString();
    }
}
