package io.keyturn.testbed.kafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.jspecify.annotations.Nullable;

/**
 * Creates the topics of {@code topics.yaml} and the ACLs of {@code acls.yaml}. Repeating it changes nothing but brings
 * topic configuration back to the file's. An unknown field is an error.
 */
public final class KafkaProvisioner {

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final String USER = "User:";

    private final Admin admin;

    /** One entry of topics.yaml; the replication factor is the broker's default. */
    record Topic(String name, int partitions, @Nullable Map<String, String> config) {}

    /** One entry of acls.yaml; pattern is {@code literal} if absent, the name of a cluster is fixed. */
    record Acl(
            String principal,
            String resource,
            @Nullable String name,
            @Nullable String pattern,
            List<String> operations) {

        String user() {
            return principal.startsWith(USER) ? principal.substring(USER.length()) : principal;
        }

        List<AclBinding> bindings() {
            ResourceType type = ResourceType.fromString(constant(resource));
            PatternType kind = PatternType.fromString(constant(pattern == null ? "literal" : pattern));
            if (type == ResourceType.UNKNOWN || !kind.isSpecific()) {
                throw new IllegalArgumentException("acls.yaml: unknown resource or pattern in " + this);
            }
            if (name == null && type != ResourceType.CLUSTER) {
                throw new IllegalArgumentException("acls.yaml: no name in " + this);
            }
            ResourcePattern where = new ResourcePattern(type, name == null ? "kafka-cluster" : name, kind);
            return operations.stream()
                    .map(operation -> new AclBinding(
                            where,
                            new AccessControlEntry(USER + user(), "*", operation(operation), AclPermissionType.ALLOW)))
                    .toList();
        }

        private static AclOperation operation(String name) {
            AclOperation operation = AclOperation.fromString(constant(name));
            if (operation.isUnknown()) {
                throw new IllegalArgumentException("acls.yaml: unknown operation " + name);
            }
            return operation;
        }

        /** {@code idempotent-write}, {@code IdempotentWrite} and {@code IDEMPOTENT_WRITE} are the same. */
        private static String constant(String word) {
            return word.replaceAll("(?<=[a-z])(?=[A-Z])", "_").replace('-', '_').toUpperCase(Locale.ROOT);
        }
    }

    /** On a client that may create topics and ACLs. */
    public KafkaProvisioner(Admin admin) {
        this.admin = admin;
    }

    /** The users that the folder's ACLs name. */
    public Set<String> users(Path folder) {
        return read(folder.resolve("acls.yaml"), "acls", new TypeReference<List<Acl>>() {}).stream()
                .map(Acl::user)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Applies both files of the folder; a file that is absent is skipped. */
    public void apply(Path folder) {
        topics(read(folder.resolve("topics.yaml"), "topics", new TypeReference<>() {}));
        List<AclBinding> bindings =
                read(folder.resolve("acls.yaml"), "acls", new TypeReference<List<Acl>>() {}).stream()
                        .flatMap(acl -> acl.bindings().stream())
                        .toList();
        Results.get(admin.createAcls(bindings).all());
    }

    private void topics(List<Topic> topics) {
        Set<String> present = Results.get(admin.listTopics().names());
        List<NewTopic> missing = new ArrayList<>();
        Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
        for (Topic topic : topics) {
            Map<String, String> config = topic.config() == null ? Map.of() : topic.config();
            if (!present.contains(topic.name())) {
                missing.add(new NewTopic(topic.name(), topic.partitions(), (short) -1).configs(config));
            } else if (!config.isEmpty()) {
                changes.put(
                        new ConfigResource(ConfigResource.Type.TOPIC, topic.name()),
                        config.entrySet().stream()
                                .map(entry -> new AlterConfigOp(
                                        new ConfigEntry(entry.getKey(), entry.getValue()), AlterConfigOp.OpType.SET))
                                .toList());
            }
        }
        Results.get(admin.createTopics(missing).all());
        Results.get(admin.incrementalAlterConfigs(changes).all());
    }

    /** A file is a list, or an object whose only interesting field is the list. */
    private static <T> List<T> read(Path file, String field, TypeReference<List<T>> type) {
        if (!Files.exists(file)) {
            return List.of();
        }
        try {
            JsonNode root = YAML.readTree(Files.readString(file));
            return YAML.convertValue(root.isArray() ? root : root.required(field), type);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
