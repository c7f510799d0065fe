package io.keyturn.contract.topic;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.keyturn.contract.generate.Yaml;

/** {@code deploy/kafka} as the topics of the contract have it. */
final class KafkaFiles {
    static final String TOPICS = "deploy/kafka/topics.yaml";
    static final String ACLS = "deploy/kafka/acls.yaml";

    private static final int DEAD_LETTER_PARTITIONS = 1;

    private KafkaFiles() {}

    static String topics() {
        var topics = new ArrayList<Map<String, Object>>();
        for (var topic : Topic.values()) {
            topics.add(topic(topic.topicName(), topic.partitions(), topic.config()));
        }
        for (var topic : Topic.values()) {
            for (var reader : inOrder(topic.readers())) {
                topics.add(topic(topic.deadLetterTopic(reader), DEAD_LETTER_PARTITIONS, Topic.deadLetterConfig()));
            }
        }
        return """
                # The topics of Keyturn. Made from io.keyturn.contract.topic.Topic, do not edit.
                # Replication is the installer's choice: the broker's default.replication.factor and
                # min.insync.replicas hold. Nothing relies on auto.create.topics.enable; switch it off.
                """ + Yaml.write(topics);
    }

    static String acls() {
        var acls = new ArrayList<Map<String, Object>>();
        for (var service : Service.values()) {
            for (var topic : Topic.values()) {
                if (topic.writers().contains(service)) {
                    acls.add(acl(service, "topic", topic.topicName(), "literal", "Write", "Describe"));
                }
            }
            for (var topic : Topic.values()) {
                if (topic.readers().contains(service)) {
                    acls.add(acl(service, "topic", topic.topicName(), "literal", "Read", "Describe"));
                }
            }
            for (var topic : Topic.values()) {
                if (topic.readers().contains(service)) {
                    acls.add(acl(service, "topic", topic.deadLetterTopic(service), "literal", "Write", "Describe"));
                }
            }
            acls.add(acl(service, "group", service.principal(), "prefixed", "Read", "Describe"));
        }
        return """
                # What each service may do. Made from io.keyturn.contract.topic, do not edit.
                # Everything else is denied: run the broker with an authorizer and allow.everyone.if.no.acl.found=false.
                # Idempotent producers need no right on the cluster: since Kafka 3.0 Write on a topic is enough.
                # A principal is User:<name>, or what your listener makes of a client certificate: map it to these names.
                """ + Yaml.write(acls);
    }

    private static List<Service> inOrder(Collection<Service> services) {
        return Arrays.stream(Service.values()).filter(services::contains).toList();
    }

    private static Map<String, Object> topic(String name, int partitions, Map<String, String> config) {
        var topic = new LinkedHashMap<String, Object>();
        topic.put("name", name);
        topic.put("partitions", partitions);
        topic.put("config", config);
        return topic;
    }

    private static Map<String, Object> acl(
            Service service, String resource, String name, String pattern, String... operations) {
        var acl = new LinkedHashMap<String, Object>();
        acl.put("principal", service.principal());
        acl.put("resource", resource);
        acl.put("name", name);
        acl.put("pattern", pattern);
        acl.put("operations", List.of(operations));
        return acl;
    }
}
