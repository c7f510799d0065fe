package io.keyturn.rotation.persistence;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyturn.contract.codec.EventJson;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.resource.SecretRotationSpec;
import io.keyturn.rotation.saga.Change;
import io.keyturn.rotation.saga.Held;
import io.keyturn.rotation.saga.Published.Copy;
import io.keyturn.rotation.saga.Purpose;
import io.keyturn.rotation.saga.Retirement;
import io.keyturn.rotation.saga.RotationState;
import org.jspecify.annotations.Nullable;

/** States and specs as text of a row. A state is told apart by the name of its record. */
final class StateJson {
    private static final JsonMapper MAPPER = mapper();

    private StateJson() {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "state")
    @JsonAutoDetect(isGetterVisibility = JsonAutoDetect.Visibility.NONE)
    private interface Named {}

    /** Rows of versions that noted by a flag only who was there before a write: nobody knows then. */
    @JsonIgnoreProperties("witnessed")
    private interface Unwitnessed {
        @JsonSetter(nulls = Nulls.AS_EMPTY)
        List<String> before();

        /** Earlier versions can read what does not say more. */
        @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable
        Copy again();
    }

    /** Rows of versions that did not look at publications when they prepared a run. They can read what does not say more. */
    private interface Unseen {
        @JsonSetter(nulls = Nulls.AS_EMPTY)
        List<Integer> intact();

        @JsonInclude(JsonInclude.Include.NON_DEFAULT)
        boolean again();
    }

    /** Rows of versions that did not look for what earlier runs had left behind. */
    private interface Unswept {
        @JsonSetter(nulls = Nulls.AS_EMPTY)
        List<RotationId> leftovers();
    }

    /** Earlier versions can read what does not say more. */
    private interface Unheld {
        @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable
        Held held();
    }

    private static JsonMapper mapper() {
        var mapper = EventJson.mapper().copy();
        mapper.addMixIn(RotationState.class, Named.class);
        mapper.addMixIn(Copy.class, Unwitnessed.class);
        mapper.addMixIn(Change.class, Unseen.class);
        mapper.addMixIn(RotationState.Retired.class, Unswept.class);
        mapper.addMixIn(RotationState.Failed.class, Unheld.class);
        for (var state : RotationState.class.getPermittedSubclasses()) {
            mapper.registerSubtypes(state);
        }
        return mapper;
    }

    static String write(RotationState state) {
        try {
            return MAPPER.writerFor(RotationState.class).writeValueAsString(state);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A state must be JSON: " + state.phase(), e);
        }
    }

    static RotationState readState(String text) {
        try {
            var state = MAPPER.readTree(text);
            complete(state);
            return MAPPER.treeToValue(state, RotationState.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A row must hold its state", e);
        }
    }

    /** What rows of earlier versions do not say. A paused run has its state within. */
    private static void complete(JsonNode state) {
        nameThePurpose(state);
        countTheDraw(state);
        sayWhenTheOldValueDies(state);
        sayWhatWasLiveBefore(state);
        if (state.has("at")) {
            complete(state.get("at"));
        }
    }

    /** Rows of versions that knew two purposes only. */
    private static void nameThePurpose(JsonNode state) {
        if (state instanceof ObjectNode fields && fields.has("adopt")) {
            boolean adopts = fields.remove("adopt").asBoolean();
            fields.put("purpose", (adopts ? Purpose.ADOPT : Purpose.ROTATE).name());
        }
    }

    /** Rows of versions that made one new value only. */
    private static void countTheDraw(JsonNode state) {
        if (state instanceof ObjectNode fields
                && fields.path("state").asText().endsWith("$Generated")
                && !fields.has("draw")) {
            fields.put("draw", 1);
        }
    }

    /** Rows of versions that always let readers move first. */
    private static void sayWhenTheOldValueDies(JsonNode state) {
        if (state.path("change") instanceof ObjectNode change && !change.has("retirement")) {
            change.put("retirement", Retirement.AFTER_READERS.name());
        }
    }

    /** Only rows of runs that the database has lost a part of say so. */
    private static void sayWhatWasLiveBefore(JsonNode state) {
        if (state.path("change") instanceof ObjectNode change && !change.has("again")) {
            change.put("again", false);
        }
    }

    static @Nullable String write(@Nullable SecretRotationSpec spec) {
        try {
            return spec == null ? null : MAPPER.writeValueAsString(spec);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A spec must be JSON", e);
        }
    }

    static @Nullable SecretRotationSpec readSpec(@Nullable String text) {
        try {
            return text == null ? null : MAPPER.readValue(text, SecretRotationSpec.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A row must hold its spec", e);
        }
    }
}
