package org.svgen.server.store.sql;

import java.util.List;
import java.util.Map;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Maps and lists as text. All but ASCII is escaped: no database refuses it, or changes it. */
final class Json {
    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
    private static final TypeReference<Map<String, Object>> VALUES = new TypeReference<>() {};
    private static final TypeReference<Map<String, String>> TEXTS = new TypeReference<>() {};
    private static final TypeReference<List<String>> LINES = new TypeReference<>() {};

    private Json() {}

    static String of(Object value) {
        return MAPPER.writeValueAsString(value);
    }

    static Map<String, Object> values(String json) {
        return MAPPER.readValue(json, VALUES);
    }

    static Map<String, String> texts(String json) {
        return MAPPER.readValue(json, TEXTS);
    }

    static List<String> lines(String json) {
        return MAPPER.readValue(json, LINES);
    }
}
