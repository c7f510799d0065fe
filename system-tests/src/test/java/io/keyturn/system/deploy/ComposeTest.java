package io.keyturn.system.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion;
import io.keyturn.contract.topic.Service;
import io.keyturn.system.docs.CodeBlocks;
import io.keyturn.testbed.platform.RunningService;
import io.keyturn.testbed.process.Tools;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

import static org.assertj.core.api.Assertions.assertThat;

/** The compose file, as far as it can be checked without a container engine. */
class ComposeTest {
    private static final Path ROOT = Tools.repository();
    private static final JsonNode COMPOSE = load();
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z_]+)(:[-?][^}]*)?}");
    private static final Pattern GIVEN =
            Pattern.compile("(?i)((password|token)\\w*|user_[^\\s=:]+)\\s*+[=:]\\s*+\"?+(?!<variable>)");
    private static final Pattern PINNED = Pattern.compile("[a-z0-9./-]+:[0-9][A-Za-z0-9.-]*");

    @Test
    void followsTheComposeSpecification() throws IOException {
        var content = new ObjectMapper()
                .readTree(Chart.read(ROOT.resolve("system-tests/src/test/resources/compose-spec/compose-spec.json")));
        // Its own $id is relative, so it needs a base.
        var schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7)
                .getSchema(SchemaLocation.of("https://compose-spec.io/"), content);

        assertThat(schema.validate(COMPOSE)).isEmpty();
        assertThat(schema.validate("{\"services\": {\"x\": {\"image\": 1}}}", InputFormat.JSON))
                .as("the schema refuses something")
                .isNotEmpty();
    }

    @Test
    void imagesAreOfOneVersion() {
        assertThat(COMPOSE.path("services"))
                .isNotEmpty()
                .allSatisfy(
                        service -> assertThat(service.path("image").asText()).matches(PINNED));
    }

    @Test
    void nobodyIsRootOrHasCapabilitiesExceptWhatEndsAtOnce() {
        COMPOSE.path("services").properties().forEach(service -> {
            var user = service.getValue().path("user").asText();
            assertThat(user)
                    .as(service.getKey())
                    .isNotEmpty()
                    .doesNotStartWith("0")
                    .doesNotStartWith("root");
            if (!service.getKey().endsWith("-setup")) {
                assertThat(service.getValue().at("/cap_drop/0").asText())
                        .as(service.getKey())
                        .isEqualTo("ALL");
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void serviceHasItsNameEverywhereAndAReadOnlyRoot(Service service) {
        var principal = service.principal();
        var entry = COMPOSE.at("/services/" + principal.substring("keyturn-".length()));
        var environment = entry.path("environment");

        assertThat(entry.path("read_only").asBoolean()).isTrue();
        assertThat(entry.path("image").asText()).startsWith(principal + ":");
        assertThat(environment.path("KAFKA_SASL_JAAS_CONFIG").asText()).contains("username=\"" + principal + "\"");
        environment.properties().forEach(variable -> {
            if (variable.getKey().endsWith("_USERNAME")) {
                assertThat(variable.getValue().asText()).isIn(principal, principal + "-owner");
            }
        });
    }

    @Test
    void onlyThisMachineReachesAPort() {
        assertThat(COMPOSE.path("services").findValues("ports"))
                .isNotEmpty()
                .allSatisfy(ports -> assertThat(ports)
                        .allSatisfy(port -> assertThat(port.asText()).startsWith("127.0.0.1:")));
    }

    @Test
    void noPasswordIsWrittenDown() {
        var text = Chart.read(ROOT.resolve("docker-compose.yml"));

        assertThat(writtenDown(text)).isEmpty();
        // The same with the values that compose would take.
        assertThat(writtenDown(VARIABLE.matcher(text).replaceAll("secret"))).hasSizeGreaterThan(25);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PGPASSWORD: secret",
                "PGPASSWORD: \"secret\"",
                "BAO_TOKEN: ${TOKEN:-secret}",
                "- ADMIN_PASSWORD=secret",
                "username=\"admin\" password=\"secret\"",
                "user_keyturn-audit=\"secret\""
            })
    void aPasswordThatIsWrittenDownIsFound(String line) {
        assertThat(writtenDown("a: b\n  " + line + "\n")).isNotEmpty();
    }

    /** What is given to a password, token or user of Kafka's and is no variable without a default. */
    private static List<String> writtenDown(String text) {
        var known = text.replaceAll("\\$\\{[A-Z_]+(:\\?[^}]*)?}", "<variable>");
        return GIVEN.matcher(known).results().map(MatchResult::group).toList();
    }

    @Test
    void everyVariableIsWrittenByMakeComposeEnv(@TempDir Path folder) throws IOException, InterruptedException {
        var needed = new TreeSet<String>();
        var found = VARIABLE.matcher(Chart.read(ROOT.resolve("docker-compose.yml")));
        while (found.find()) {
            var fallback = found.group(2);
            if (fallback == null || !fallback.startsWith(":-")) {
                needed.add(found.group(1));
            }
        }
        var script = folder.resolve("build/compose-env");
        Files.createDirectories(script.getParent());
        Files.copy(ROOT.resolve("build/compose-env"), script);

        var process = new ProcessBuilder("bash", script.toString()).inheritIO().start();

        assertThat(process.waitFor()).isZero();
        var written = Files.readAllLines(folder.resolve(".env")).stream()
                .filter(line -> line.matches("[A-Z_]+=.+"))
                .collect(Collectors.toMap(line -> line.split("=", 2)[0], line -> line.split("=", 2)[1]));
        assertThat(written.keySet()).containsAll(needed);
        assertThat(passwords(written, needed)).hasSameSizeAs(needed).allMatch(value -> value.length() > 15);
        assertThat(Files.getPosixFilePermissions(folder.resolve(".env"))).hasSize(2);
    }

    @Test
    void theGuideMakesTheNamespaceOfTheLease() {
        var namespace = environment("watcher").path("POD_NAMESPACE").asText();
        var applied = CodeBlocks.of("docs/guides/compose.md").stream()
                .filter(block -> block.language().equals("sh"))
                .flatMap(block -> block.text().lines())
                .takeWhile(line -> !line.startsWith("docker compose up"))
                .filter(line -> line.startsWith("kubectl apply "))
                .map(line -> ROOT.resolve(line.substring(line.lastIndexOf(' ') + 1)))
                .filter(Files::isRegularFile)
                .flatMap(file -> Chart.documents(file).stream())
                .map(Chart::identity);

        assertThat(namespace).isNotEmpty();
        assertThat(applied).contains("Namespace//" + namespace);
    }

    @Test
    void imageIsSmallInRightsAndRunsWithTheOptionsOfTheChart() throws IOException {
        var lines = Files.readAllLines(ROOT.resolve("deploy/docker/Dockerfile"));
        var entrypoint = lines.stream()
                .filter(line -> line.startsWith("ENTRYPOINT "))
                .map(line -> line.substring("ENTRYPOINT ".length()))
                .findFirst()
                .orElseThrow();
        var command = new ObjectMapper(new JsonFactory()).readValue(entrypoint, String[].class);
        var chart = Chart.ofKind(Chart.render(Map.of()), "Deployment")
                .getFirst()
                .at("/spec/template/spec/containers/0/args");

        assertThat(lines)
                .anyMatch(line -> line.matches("FROM [a-z-]+:[0-9][a-z0-9.-]*"))
                .anyMatch(line -> line.matches("USER [1-9][0-9]{3,}:[1-9][0-9]{3,}"));
        assertThat(command).startsWith("java");
        assertThat(chart.valueStream().map(JsonNode::asText))
                .containsExactly(java.util.Arrays.copyOfRange(command, 1, command.length));
        assertThat(RunningService.jvmOptions())
                .as("what tests, demo and bench run with")
                .containsExactlyInAnyOrder(java.util.Arrays.copyOfRange(command, 1, command.length - 2));
    }

    /** What a service of the file is given. */
    static JsonNode environment(String service) {
        return COMPOSE.at("/services/" + service + "/environment");
    }

    private static Set<String> passwords(Map<String, String> written, Set<String> needed) {
        return needed.stream().map(written::get).collect(Collectors.toSet());
    }

    /** With merge keys resolved, as compose does. */
    private static JsonNode load() {
        var yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
        return new ObjectMapper().valueToTree(yaml.load(Chart.read(ROOT.resolve("docker-compose.yml"))));
    }
}
