package io.keyturn.contract.schema;

import java.nio.charset.StandardCharsets;
import java.util.Map;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import io.keyturn.contract.codec.CloudEventCodec;
import io.keyturn.contract.codec.EventJson;
import io.keyturn.contract.event.Event;
import io.keyturn.contract.event.EventType;
import io.keyturn.contract.event.Samples;
import io.keyturn.contract.generate.GeneratedFile;
import io.keyturn.contract.generate.Json;
import io.keyturn.contract.reference.AnnotationName;
import io.keyturn.contract.reference.AnnotationValue;
import io.keyturn.contract.reference.PublicationId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class EventSchemaTest {
    private static final JsonSchemaFactory FACTORY = JsonSchemaFactory.getInstance(VersionFlag.V202012);

    /** How a longest text ends, of types that do not take any. */
    private static final Map<Class<?>, String> ENDS = Map.of(
            AnnotationName.class, "reloader.stakater.com/ignore",
            AnnotationValue.class, "false",
            PublicationId.class, ".111111111");

    @ParameterizedTest
    @EnumSource
    void schemaFileSaysWhatTheRecordSays(EventType type) {
        GeneratedFile.assertFresh(EventSchema.path(type), Json.write(EventSchema.of(type)));
    }

    @ParameterizedTest
    @EnumSource
    void schemaIsValidItself(EventType type) {
        var meta = FACTORY.getSchema(
                com.networknt.schema.SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));

        assertThat(meta.validate(EventSchema.of(type))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void whatWeWriteIsValid(EventType type) {
        assertThat(schema(type).validate(text(Samples.full(type)), InputFormat.JSON))
                .isEmpty();
        assertThat(schema(type).validate(text(Samples.sparse(type)), InputFormat.JSON))
                .isEmpty();
    }

    /** Encoding is frozen: a golden file of v1 is made once and never rewritten. */
    @ParameterizedTest
    @EnumSource
    void encodingIsTheGoldenFileByteForByte(EventType type) {
        GeneratedFile.assertFrozen(golden(type), text(Samples.full(type)));
    }

    @ParameterizedTest
    @EnumSource
    void goldenFileIsValidAndReadsAsTheSameEvent(EventType type) throws Exception {
        var golden = GeneratedFile.read(golden(type));

        assertThat(schema(type).validate(golden, InputFormat.JSON)).isEmpty();
        assertThat(EventJson.mapper().readValue(golden, type.record())).isEqualTo(Samples.full(type));
    }

    @ParameterizedTest
    @EnumSource
    void producersMayAddNothing(EventType type) {
        var more = ((ObjectNode) Json.read(text(Samples.full(type)))).put("password", "hunter2");

        assertThat(schema(type).validate(more)).isNotEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void everyRequiredFieldIsMissed(EventType type) {
        for (var field : EventSchema.of(type).get("required")) {
            var less = (ObjectNode) Json.read(text(Samples.full(type)));
            less.remove(field.asText());
            assertThat(schema(type).validate(less)).as(field.asText()).isNotEmpty();
        }
    }

    @Test
    void lengthsAreThoseOfTheTypes() throws ReflectiveOperationException {
        for (var form : ReferenceForm.TEXTS.entrySet()) {
            make(form.getKey(), form.getValue());
            assertThatThrownBy(() -> make(form.getKey(), form.getValue() + 1))
                    .as(form.getKey().getSimpleName())
                    .hasRootCauseInstanceOf(IllegalArgumentException.class);
        }
    }

    private static void make(Class<? extends Record> type, int length) throws ReflectiveOperationException {
        var end = ENDS.getOrDefault(type, "");
        var text = "1".repeat(length - end.length()) + end;
        type.getDeclaredConstructor(String.class).newInstance(text);
    }

    private static JsonSchema schema(EventType type) {
        return FACTORY.getSchema(EventSchema.of(type));
    }

    private static String golden(EventType type) {
        return "contract/src/test/resources/golden/v1/" + type.fileName() + ".json";
    }

    private static String text(Event event) {
        return new String(CloudEventCodec.value(event), StandardCharsets.UTF_8);
    }
}
