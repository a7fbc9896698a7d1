package org.svgen.server.wire;

import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** JSON from strangers and to them. */
public final class Json {
    private static final TypeReference<LinkedHashMap<String, Object>> OBJECT =
            new TypeReference<>() {};

    /** An own factory: the strict limits are for bodies alone. */
    private static final JsonMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(BodyLimits.DEPTH)
                                                    .maxTokenCount(BodyLimits.TOKENS)
                                                    .maxNumberLength(100)
                                                    .maxNameLength(1000)
                                                    .maxStringLength(Integer.MAX_VALUE)
                                                    .build())
                                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                    .build())
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
                    .build();

    private Json() {}

    /**
     * {@return the object that a body is} What is null in it is as if it were not there.
     *
     * @param body in UTF-8
     * @throws Refusal if it is no JSON, no object, or too deep
     * @throws IOException if it cannot be read to its end
     */
    public static Map<String, Object> object(InputStream body) throws IOException {
        // Read first: the parser would wrap what the connection throws.
        return object(body.readAllBytes());
    }

    /**
     * {@return the object that a text is}
     *
     * @param json in UTF-8
     * @throws Refusal if it is no JSON, no object, or too deep
     */
    public static Map<String, Object> object(byte[] json) {
        try {
            Map<String, Object> object = MAPPER.readValue(json, OBJECT);
            if (object == null) {
                throw noObject();
            }
            object.values().removeIf(value -> value == null);
            return object;
        } catch (StreamConstraintsException e) {
            throw new Refusal(
                    Problem.body(
                            "the body is too deep or too long for JSON: at most %d levels and %d values"
                                    .formatted(BodyLimits.DEPTH, BodyLimits.TOKENS)));
        } catch (tools.jackson.databind.exc.MismatchedInputException e) {
            throw noObject();
        } catch (JacksonException e) {
            // Its own words would quote the body.
            TokenStreamLocation at = e.getLocation();
            throw new Refusal(
                    Problem.body(
                            at == null
                                    ? "the body is not JSON"
                                    : "the body is not JSON: line %d, column %d"
                                            .formatted(at.getLineNr(), at.getColumnNr())));
        }
    }

    private static Refusal noObject() {
        return new Refusal(Problem.body("the body is not one JSON object"));
    }

    /**
     * {@return JSON on one line, in UTF-8}
     *
     * @param value maps, lists, texts, numbers, flags and null
     */
    public static byte[] bytes(Object value) {
        return MAPPER.writeValueAsBytes(value);
    }

    /**
     * {@return JSON on one line}
     *
     * @param value maps, lists, texts, numbers, flags and null
     */
    public static String text(Object value) {
        return MAPPER.writeValueAsString(value);
    }
}
