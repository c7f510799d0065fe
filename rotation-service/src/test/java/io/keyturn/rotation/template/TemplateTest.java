package io.keyturn.rotation.template;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.Set;

import io.keyturn.kit.secret.SecretValue;
import io.keyturn.rotation.credential.Credential;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

class TemplateTest {
    private static final Set<String> NAMES = Set.of("host", "port", "database");
    private static final Map<String, String> ATTRIBUTES = Map.of("host", "db", "port", "5432", "database", "orders");
    private static final String URL = "postgresql://{username:uri}:{password:uri}@{host}:{port}/{database}";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{password}|p@ss/w:rd %€",
                "{password:uri}|p%40ss%2Fw%3Ard%20%25%E2%82%AC",
                "{password:base64}|cEBzcy93OnJkICXigqw=",
                "{username}={password:uri}|or ders=p%40ss%2Fw%3Ard%20%25%E2%82%AC",
                "{username:uri}@{host}:{port}/{database}|or%20ders@db:5432/orders",
                "no placeholder|no placeholder",
            })
    void placeholdersAreFilledIn(String template, String expected) {
        assertThat(render(template, "or ders", "p@ss/w:rd %€")).isEqualTo(expected);
    }

    @Test
    void unreservedCharactersStayAsTheyAre() {
        var unreserved = "ABCXYZabcxyz0189-._~";

        assertThat(render("{password:uri}", "u", unreserved)).isEqualTo(unreserved);
        assertThat(render("{password:uri}", "u", "+!*'();:@&=$,/?#[]"))
                .isEqualTo("%2B%21%2A%27%28%29%3B%3A%40%26%3D%24%2C%2F%3F%23%5B%5D");
    }

    @Test
    void unknownPlaceholderIsRefusedByNameWithTheKnownOnes() {
        assertThatThrownBy(() -> Template.parse("{pasword}", NAMES))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("placeholder {pasword} is unknown; use username, password, database, host, port");
    }

    @Test
    void unknownModifierIsRefusedByName() {
        assertThatThrownBy(() -> Template.parse("{password:url}", NAMES))
                .hasMessage("modifier :url is unknown; use :uri or :base64");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "}", "{password", "password}", "{{password}}", "{}", "{ password }", "{PASSWORD}"})
    void bracesThatBelongToNoPlaceholderAreRefused(String text) {
        assertThatThrownBy(() -> Template.parse(text, NAMES))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("placeholder");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                URL,
                "{username:base64}.{password:base64}",
                "{username:uri}:{password:uri}",
                "{password:uri} of {username:uri}, again {password:uri}"
            })
    void whatWasRenderedIsReadBack(String text) {
        var template = Template.parse(text, NAMES);
        var random = new Random(7);
        for (int i = 0; i < 300; i++) {
            var user = printable(random);
            var password = printable(random);
            try (var value = SecretValue.copyOf(render(text, user, password));
                    var found = template.readBack(value, "unused").orElseThrow()) {
                assertThat(found.principal()).isEqualTo(user);
                assertThat(found.secret().<String>useString(s -> s)).isEqualTo(password);
            }
        }
    }

    @Test
    void hostAndPortMayBeWrittenDifferentlyByWhoeverMadeTheValue() {
        assertThat(readBack(URL, "postgresql://app:s3cret@elsewhere.example:6432/other?x=y"))
                .isEqualTo("app s3cret");
    }

    @Test
    void templateWithoutUserNameTakesTheOneItIsGiven() {
        assertThat(readBack("{password}", "s3cret")).isEqualTo("given s3cret");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                URL + "|mysql://app:s3cret@db/orders",
                URL + "|",
                "{username}|app",
                "{password:base64}|not base64!",
                "{password:uri}|50%zz",
                "{password:uri}|50%",
                "{password}{password}|ab",
            })
    void valuesOfAnotherFormAreNotReadBack(String template, String value) {
        assertThat(readBack(template, value == null ? "" : value)).isEqualTo("nothing");
    }

    @Test
    void templateThatLeavesEverythingOpenIsReadBackInOnePass() {
        var template = "{host}".repeat(150) + "{username}{password}!";
        var value = "a".repeat(300);

        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
            assertThat(readBack(template, value)).isEqualTo("nothing");
            assertThat(readBack(template, value + "!")).isEqualTo("a " + value.substring(1));
        });
    }

    @ParameterizedTest
    @CsvSource({
        "{password}@{host}, a@b@c, a",
        "{host}@{password}, a@b@c, b@c",
        "{host}@{password}@, a@b@c@, b@c",
        "{host}{password}, abc, abc",
        "{password}{host}, abc, a",
        "{password}-{password}, ab-ab, ab",
    })
    void placeholderEndsWhereTheTextAfterItFirstAppears(String template, String value, String password) {
        assertThat(readBack(template, value)).isEqualTo("given " + password);
    }

    @Test
    void placeholderHoldsNoLineBreak() {
        assertThat(readBack("user={username}\npassword={password}\n", "user=app\npassword=s3cret\n"))
                .isEqualTo("app s3cret");
        assertThat(readBack("{password}", "s3cret\n")).isEqualTo("nothing");
    }

    private static String readBack(String template, String text) {
        try (var value = SecretValue.copyOf(text)) {
            return Template.parse(template, NAMES)
                    .readBack(value, "given")
                    .map(c -> c.principal() + " " + c.secret().useString(s -> s))
                    .orElse("nothing");
        }
    }

    private static String printable(Random random) {
        return random.ints(1 + random.nextInt(24), 0x20, 0x250)
                .filter(c -> c < 0x7f || c > 0xa0)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .append('x')
                .toString();
    }

    private static String render(String template, String user, String password) {
        try (var credential = new Credential(user, SecretValue.copyOf(password));
                var value = Template.parse(template, NAMES).render(credential, ATTRIBUTES)) {
            return value.use(bytes -> new String(bytes, StandardCharsets.UTF_8));
        }
    }
}
