package io.keyturn.contract.resource;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import io.keyturn.contract.generate.GeneratedFile;
import io.keyturn.contract.generate.Yaml;
import io.keyturn.contract.topic.Service;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The rights the services ask users for. That they are enough is for the services' own tests on a real API server. */
class RbacTest {
    private static final Set<String> SEES = Set.of("get", "list", "watch");

    @ParameterizedTest
    @EnumSource
    void serviceHasItsAccountAndNoRightOnEverything(Service service) {
        assertThat(documents(service)).anySatisfy(document -> {
            assertThat(document.path("kind").asText()).isEqualTo("ServiceAccount");
            assertThat(document.at("/metadata/name").asText()).isEqualTo(service.principal());
            assertThat(document.at("/metadata/namespace").asText()).isEqualTo("keyturn-system");
        });
        assertThat(rules(service)).noneMatch(rule -> rule.toString().contains("\"*\""));
        assertThat(bindings(service)).allSatisfy(binding -> {
            assertThat(binding.get("subjects")).hasSize(1);
            assertThat(binding.at("/subjects/0/name").asText()).isEqualTo(service.principal());
        });
    }

    @Test
    void watcherSeesSecretsAndWritesNone() {
        assertThat(verbs(Service.WATCHER, "secrets")).isEqualTo(SEES);
        assertThat(verbs(Service.WATCHER, "configmaps")).isEqualTo(SEES);
        assertThat(verbs(Service.WATCHER, "secretrotations")).isEqualTo(SEES);
    }

    @Test
    void restartHasNoAccessToSecretsOrConfigMaps() {
        assertThat(verbs(Service.RESTART, "secrets")).isEmpty();
        assertThat(verbs(Service.RESTART, "configmaps")).isEmpty();
        assertThat(verbs(Service.RESTART, "deployments")).containsExactlyInAnyOrder("get", "list", "watch", "patch");
    }

    @Test
    void rotationWritesSecretsWithoutListingOrDeletingThem() {
        assertThat(verbs(Service.ROTATION, "secrets")).containsExactlyInAnyOrder("get", "patch", "create");
        assertThat(SEES).containsAll(verbs(Service.ROTATION, "deployments"));
    }

    @Test
    void auditHasNoRights() {
        assertThat(rules(Service.AUDIT)).isEmpty();
        assertThat(bindings(Service.AUDIT)).isEmpty();
    }

    private static Set<String> verbs(Service service, String resource) {
        var verbs = new TreeSet<String>();
        rules(service)
                .filter(rule -> Yaml.strings(rule.get("resources")).contains(resource))
                .forEach(rule -> verbs.addAll(Yaml.strings(rule.get("verbs"))));
        return verbs;
    }

    private static Stream<JsonNode> rules(Service service) {
        return documents(service).flatMap(document -> document.path("rules").valueStream());
    }

    private static Stream<JsonNode> bindings(Service service) {
        return documents(service).filter(document -> document.has("roleRef"));
    }

    private static Stream<JsonNode> documents(Service service) {
        var name = service.principal().substring("keyturn-".length());
        return Yaml.documents(GeneratedFile.read("deploy/rbac/" + name + ".yaml"));
    }
}
