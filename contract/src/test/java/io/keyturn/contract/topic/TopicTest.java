package io.keyturn.contract.topic;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import com.fasterxml.jackson.databind.JsonNode;
import io.keyturn.contract.generate.GeneratedFile;
import io.keyturn.contract.generate.Yaml;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

class TopicTest {
    @Test
    void topicFileSaysWhatTheCodeSays() {
        GeneratedFile.assertFresh(KafkaFiles.TOPICS, KafkaFiles.topics());
    }

    @Test
    void aclFileSaysWhatTheCodeSays() {
        GeneratedFile.assertFresh(KafkaFiles.ACLS, KafkaFiles.acls());
    }

    @ParameterizedTest
    @EnumSource
    void nameIsVersionedAndFoundAgain(Topic topic) {
        assertThat(topic.topicName()).matches("keyturn\\.[a-z-]+\\.v[0-9]+");
        assertThat(Topic.named(topic.topicName())).contains(topic);
        assertThat(Topic.named(topic.topicName() + "x")).isEmpty();
    }

    @Test
    void everyReaderHasItsOwnDeadLetterTopicThatIsNoTopicOfFacts() {
        var names = Arrays.stream(Topic.values())
                .flatMap(topic -> Arrays.stream(Service.values()).map(topic::deadLetterTopic))
                .toList();

        assertThat(names).doesNotHaveDuplicates().allMatch(name -> name.startsWith("keyturn.dead-letters."));
        assertThat(names).allMatch(name -> Topic.named(name).isEmpty());
        assertThat(Topic.RESTARTS.deadLetterTopic(Service.ROTATION))
                .isEqualTo("keyturn.dead-letters.rotation.restarts.v1");
    }

    @Test
    void stateTopicsAreCompactedAndTheOthersForget() {
        for (var topic : Topic.values()) {
            var compacted = Set.of(Topic.SECRETS, Topic.FINDINGS).contains(topic);
            assertThat("compact".equals(topic.config().get("cleanup.policy")))
                    .as(topic.topicName())
                    .isEqualTo(compacted);
            assertThat(topic.config().containsKey("retention.ms"))
                    .as(topic.topicName())
                    .isEqualTo(!compacted);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aclFileLetsAServiceWriteItsOwnTopicsAndNoOther(Service service) {
        var own = Arrays.stream(Topic.values())
                .filter(topic -> topic.writers().contains(service))
                .map(Topic::topicName);
        var deadLetters = Arrays.stream(Topic.values())
                .filter(topic -> topic.readers().contains(service))
                .map(topic -> topic.deadLetterTopic(service));

        assertThat(allowed(service, "Write"))
                .isEqualTo(Stream.concat(own, deadLetters).collect(Collectors.toSet()));
    }

    @ParameterizedTest
    @EnumSource
    void aclFileLetsAServiceReadWhatItReadsAndNoOther(Service service) {
        assertThat(allowed(service, "Read"))
                .isEqualTo(Arrays.stream(Topic.values())
                        .filter(topic -> topic.readers().contains(service))
                        .map(Topic::topicName)
                        .collect(Collectors.toSet()));
    }

    @Test
    void noAclIsForEverything() {
        assertThat(acls()).isNotEmpty().allSatisfy(acl -> {
            assertThat(acl.get("name").asText()).startsWith("keyturn").doesNotContain("*");
            assertThat(acl.get("operations")).noneMatch(op -> op.asText().equals("All"));
            assertThat(acl.get("resource").asText()).isIn("topic", "group");
            if (acl.get("resource").asText().equals("topic")) {
                assertThat(acl.get("pattern").asText()).isEqualTo("literal");
            }
        });
    }

    @Test
    void everyTopicOfTheAclFileIsInTheTopicFile() {
        var made = StreamSupport.stream(Yaml.read(KafkaFiles.topics()).spliterator(), false)
                .map(topic -> topic.get("name").asText())
                .toList();

        assertThat(made).doesNotHaveDuplicates();
        assertThat(made)
                .containsExactlyInAnyOrderElementsOf(
                        acls().filter(acl -> acl.get("resource").asText().equals("topic"))
                                .map(acl -> acl.get("name").asText())
                                .collect(Collectors.toSet()));
    }

    private static Set<String> allowed(Service service, String operation) {
        return acls().filter(acl -> acl.get("principal").asText().equals(service.principal()))
                .filter(acl -> acl.get("resource").asText().equals("topic"))
                .filter(acl -> StreamSupport.stream(acl.get("operations").spliterator(), false)
                        .anyMatch(op -> op.asText().equals(operation)))
                .map(acl -> acl.get("name").asText())
                .collect(Collectors.toSet());
    }

    private static Stream<JsonNode> acls() {
        return StreamSupport.stream(Yaml.read(KafkaFiles.acls()).spliterator(), false);
    }
}
