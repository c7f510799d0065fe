package io.keyturn.rotation.policy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.Stream;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.keyturn.contract.codec.EventJson;
import io.keyturn.contract.resource.SecretRotationSpec;
import io.keyturn.contract.resource.SecretRotationSpec.Generate;
import io.keyturn.contract.resource.SecretRotationSpec.Minimum;
import io.keyturn.rotation.credential.SecretGenerator;
import io.keyturn.rotation.credential.ValueForm;
import io.keyturn.rotation.credential.ValueForm.Characters;
import io.keyturn.testbed.process.Tools;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

class FormReaderTest {
    private static final Path EXAMPLES = Tools.repository().resolve("deploy/examples");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}|[0-9A-Za-z]{32}",
                "{\"length\": 22}|[0-9A-Za-z]{22}",
                "{\"alphabet\": \"hex\"}|[0-9a-f]{32}",
                "{\"alphabet\": \"base64\"}|[+/0-9A-Za-z]{32}",
                "{\"alphabet\": \"base64url\"}|[-_0-9A-Za-z]{32}",
                "{\"alphabet\": \"printable\", \"length\": 20}|[!-~]{20}",
                "{\"exclude\": \"0O1lI\"}|[2-9A-HJ-NP-Za-km-z]{32}",
                "{\"alphabet\": \"hex\", \"exclude\": \"a-é0 \", \"length\": 34}|[1-9b-f]{34}",
                "{\"minimum\": {\"digits\": 12}}|([A-Za-z]*[0-9]){12}.*",
                "{\"minimum\": {\"upper\": 9, \"lower\": 0}}|([0-9a-z]*[A-Z]){9}.*",
                "{\"alphabet\": \"printable\", \"exclude\": \"'\\\"\", \"minimum\": {\"lower\": 15, \"symbols\": 1}}|([^a-z]*[a-z]){15}.*",
                "{\"alphabet\": \"base64url\", \"minimum\": {\"symbols\": 1}}|.*[-_].*",
                "{\"words\": 8}|[a-z]{5}(-[a-z]{5}){7}",
                "{\"words\": 21}|[a-z]{5}(-[a-z]{5}){20}",
            })
    void valuesAreOfTheFormThatIsAskedFor(String asked, String form) throws JsonProcessingException {
        for (int i = 0; i < 50; i++) {
            assertThat(value(usable(asked))).matches(form);
        }
    }

    /** The whole of an alphabet, not a part of it. */
    @ParameterizedTest
    @CsvSource({"alphanumeric, 62", "hex, 16", "base64, 64", "base64url, 64", "printable, 94"})
    void alphabetHasAllItsCharacters(String alphabet, int size) throws JsonProcessingException {
        assertThat(usable("{\"alphabet\": \"" + alphabet + "\"}"))
                .isInstanceOfSatisfying(
                        Characters.class, form -> assertThat(form.allowed()).hasSize(size));
    }

    @Test
    void hexAndBase64CanBeDecoded() throws JsonProcessingException {
        assertThat(HexFormat.of().parseHex(value(usable("{\"alphabet\": \"hex\", \"length\": 64}"))))
                .hasSize(32);
        assertThat(Base64.getDecoder().decode(value(usable("{\"alphabet\": \"base64\", \"length\": 44}"))))
                .hasSize(33);
        assertThat(Base64.getUrlDecoder().decode(value(usable("{\"alphabet\": \"base64url\", \"length\": 44}"))))
                .hasSize(33);
    }

    @Test
    void withoutASectionTheValueIsTheUsualOne() throws JsonProcessingException {
        assertThat(FormReader.read(null, new ArrayList<>())).isEqualTo(Characters.USUAL);
        assertThat(usable("{}")).isEqualTo(Characters.USUAL);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"length\": 21}|length: must give at least 128 bits and be at most 128 characters; this form gives 125",
                "{\"length\": 0}|length: must give at least 128 bits",
                "{\"length\": -1}|length: must give at least 128 bits",
                "{\"length\": 2147483647}|length: must give at least 128 bits and be at most 128 characters",
                "{\"length\": 22, \"exclude\": \"0123456789\"}|length: must give at least 128 bits and be at most 128 characters; this form gives 125",
                "{\"length\": 32, \"alphabet\": \"hex\", \"exclude\": \"0\"}|this form gives 125: ask for more characters, exclude fewer",
                "{\"length\": 32, \"alphabet\": \"hex\", \"minimum\": {\"digits\": 1}}|this form gives 127: ask for more characters, exclude fewer or lower the minimum",
                "{\"length\": 128, \"alphabet\": \"hex\", \"exclude\": \"0123456789abcde\"}|length: must give at least 128 bits and be at most 128 characters; this form gives 0",
                "{\"alphabet\": \"hex\", \"exclude\": \"0123456789abcdef\"}|exclude: leaves no character of the alphabet",
                "{\"minimum\": {\"symbols\": 1}}|minimum.symbols: the alphabet has none of these left",
                "{\"alphabet\": \"hex\", \"minimum\": {\"upper\": 1}}|minimum.upper: the alphabet has none of these left",
                "{\"exclude\": \"0123456789\", \"minimum\": {\"digits\": 1}}|minimum.digits: the alphabet has none of these left",
                "{\"alphabet\": \"base64url\", \"exclude\": \"-_\", \"minimum\": {\"symbols\": 1}}|minimum.symbols: the alphabet has none",
                "{\"minimum\": {\"lower\": -1}}|minimum.lower: must be 0 to 128",
                "{\"minimum\": {\"lower\": 20, \"upper\": 13}}|minimum: adds up to more than the length, 32: lower it, or ask for more characters",
                "{\"minimum\": {\"lower\": 2147483647, \"upper\": 2147483647}}|minimum: adds up to more than the length",
                "{\"length\": 64, \"minimum\": {\"digits\": 32}}|minimum: is met by at most one in a thousand of the values",
                "{\"words\": 7}|words: must be 8 to 21",
                "{\"words\": 22}|words: must be 8 to 21",
                "{\"words\": -2147483648}|words: must be 8 to 21",
                "{\"words\": 8, \"length\": 32}|words: words have a form of their own",
                "{\"words\": 8, \"minimum\": {}}|words: words have a form of their own",
            })
    void faultNamesTheFieldAndTheFix(String asked, String fault) throws JsonProcessingException {
        var faults = new ArrayList<Fault>();

        assertThat(FormReader.read(generate(asked), faults)).isNull();
        assertThat(faults)
                .extracting(Fault::toString)
                .singleElement()
                .asString()
                .startsWith("spec.generate.")
                .contains(fault);
    }

    @Test
    void faultsOfOtherFieldsStay() throws JsonProcessingException {
        var other = new Fault("spec.store", "name exactly one store");
        var faults = new ArrayList<>(List.of(other));

        assertThat(FormReader.read(generate("{}"), faults)).isNotNull();
        assertThat(faults).containsExactly(other);
    }

    /** Whatever is asked for, by somebody who passed by the schema too. */
    @Test
    void whateverIsLetThroughIsStrongAndQuicklyMade() {
        var random = new Random(5);
        int taken = 0;
        for (int i = 0; i < 600; i++) {
            var faults = new ArrayList<Fault>();
            var form = FormReader.read(anything(random), faults);
            assertThat(form == null).isEqualTo(!faults.isEmpty());
            if (form != null) {
                taken++;
                assertThat(form.bits()).isGreaterThanOrEqualTo(128);
                assertThat(value(form)).hasSizeBetween(20, 128);
            }
        }
        assertThat(taken).isBetween(100, 500);
    }

    static Stream<Path> weakExamples() throws IOException {
        // An alphabet that nobody knows is not read at all.
        return examples(
                "invalid", file -> file.startsWith("generate-") && !file.equals("generate-unknown-alphabet.yaml"));
    }

    /** What the schema of an older version let pass is refused for the same field. */
    @ParameterizedTest
    @MethodSource("weakExamples")
    void whatTheSchemaRefusesIsRefusedHereToo(Path example) throws IOException {
        var text = Files.readString(example);
        var field = text.substring("# refused: ".length(), text.indexOf(": ", "# refused: ".length()));
        var faults = new ArrayList<Fault>();
        FormReader.read(spec(text).generate(), faults);

        if (List.of("spec.publish", "spec.generate.exclude").contains(field)) {
            assertThat(faults).as("no weaker for it").isEmpty();
        } else {
            assertThat(faults).extracting(Fault::field).containsExactly(field);
        }
    }

    static Stream<Path> validExamples() throws IOException {
        return examples("valid", _ -> true);
    }

    @ParameterizedTest
    @MethodSource("validExamples")
    void formOfAValidExampleIsUsable(Path example) throws IOException {
        var faults = new ArrayList<Fault>();

        assertThat(FormReader.read(spec(Files.readString(example)).generate(), faults))
                .isNotNull();
        assertThat(faults).isEmpty();
    }

    private static Generate anything(Random random) {
        return new Generate(
                random.nextInt(4) == 0 ? null : random.nextInt(140) - 2,
                any(random, SecretRotationSpec.Alphabet.values()),
                any(random, new String[] {"", "0O1lI", "é ", "0123456789", "abcdefABCDEF+/-_", "-_"}),
                random.nextBoolean() ? null : new Minimum(few(random), few(random), few(random), few(random)),
                random.nextInt(20) == 0 ? random.nextInt(30) : null);
    }

    private static <T> @Nullable T any(Random random, T[] choices) {
        return random.nextInt(4) == 0 ? null : choices[random.nextInt(choices.length)];
    }

    private static @Nullable Integer few(Random random) {
        return random.nextBoolean() ? null : random.nextInt(12) - 1;
    }

    private static ValueForm usable(String asked) throws JsonProcessingException {
        var faults = new ArrayList<Fault>();
        var form = FormReader.read(generate(asked), faults);
        assertThat(faults).isEmpty();
        return Objects.requireNonNull(form);
    }

    private static Generate generate(String json) throws JsonProcessingException {
        return EventJson.mapper().readValue(json, Generate.class);
    }

    private static String value(ValueForm form) {
        try (var secret = new SecretGenerator(new SecureRandom()).generate(form)) {
            return secret.useString(text -> text);
        }
    }

    private static SecretRotationSpec spec(String yaml) throws JsonProcessingException {
        Map<?, ?> whole = Serialization.unmarshal(yaml, Map.class);
        return EventJson.mapper().convertValue(whole.get("spec"), SecretRotationSpec.class);
    }

    private static Stream<Path> examples(String folder, Predicate<String> name) throws IOException {
        try (var files = Files.list(EXAMPLES.resolve(folder))) {
            return files.filter(file -> name.test(String.valueOf(file.getFileName()))).sorted().toList().stream();
        }
    }
}
