package io.keyturn.contract.page;

import java.util.Set;
import java.util.function.Consumer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import io.keyturn.contract.generate.GeneratedFile;
import io.keyturn.contract.generate.Yaml;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The AsyncAPI document is one, by the schema of AsyncAPI 3.0.0. */
class AsyncApiTest {
    private static final JsonSchema SCHEMA = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7)
            .getSchema(GeneratedFile.read("contract/src/test/resources/asyncapi/asyncapi-3.0.0.json"));

    @Test
    void documentFollowsTheSpecification() {
        assertThat(SCHEMA.validate(document())).isEmpty();
    }

    /** Deep enough that a schema that was read only in part would let it pass. */
    @Test
    void mistakesAreFoundAtEveryDepth() {
        assertThat(with(document -> document.put("asyncapi", "2.6.0"))).isNotEmpty();
        assertThat(with(document -> ((ObjectNode) document.at("/channels/secrets-v1")).put("adress", "x")))
                .isNotEmpty();
        assertThat(with(document -> ((ObjectNode) document.at("/operations/keyturn-watcher-sends-secrets-v1"))
                        .put("action", "emit")))
                .isNotEmpty();
        assertThat(with(document ->
                        ((ObjectNode) document.at("/channels/secrets-v1/bindings/kafka")).put("partitions", "six")))
                .isNotEmpty();
        assertThat(with(document -> ((ObjectNode) document.at("/components/messageTraits/cloudEvent/headers"))
                        .put("type", "number of headers")))
                .isNotEmpty();
    }

    private static Set<ValidationMessage> with(Consumer<ObjectNode> mistake) {
        var document = (ObjectNode) document();
        mistake.accept(document);
        return SCHEMA.validate(document);
    }

    private static JsonNode document() {
        return Yaml.read(AsyncApiDocument.make());
    }
}
