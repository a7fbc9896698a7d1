package org.svgen.checkpoint;

import java.nio.file.Path;
import org.svgen.tensor.BadInputException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reading JSON that nobody vouches for: every failure is one line. */
final class Json {
    private static final JsonFactory STRICT =
            JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private Json() {}

    /** The JSON object that {@code json}, the content of {@code file}, is. */
    static JsonNode object(Path file, byte[] json) {
        try {
            JsonNode node = MAPPER.readTree(json);
            if (!node.isObject()) {
                throw new BadInputException(
                        "%s: expected a JSON object, found %s".formatted(file, kind(node)));
            }
            return node;
        } catch (JacksonException e) {
            throw malformed(file, e);
        }
    }

    /** A parser that refuses a key given twice in one object. */
    static JsonParser parser(byte[] json) {
        return STRICT.createParser(ObjectReadContext.empty(), json);
    }

    static BadInputException malformed(Path file, JacksonException e) {
        return new BadInputException(
                "%s: malformed JSON at byte %d: %s"
                        .formatted(
                                file,
                                e.getLocation() == null ? 0 : e.getLocation().getByteOffset(),
                                Untrusted.oneLine(reason(e.getOriginalMessage()))),
                e);
    }

    /** Without what the parser says of itself in parentheses. */
    private static String reason(String message) {
        int aside = message.indexOf(" (start marker at [Source");
        return aside < 0 ? message : message.substring(0, aside);
    }

    /** What a value is, for messages: {@code the text "abc"}. */
    static String kind(JsonNode node) {
        return switch (node.getNodeType()) {
            case STRING -> "the text " + Untrusted.quoted(node.asString());
            case NUMBER, BOOLEAN -> Untrusted.oneLine(node.asString());
            case ARRAY -> "a list of %d".formatted(node.size());
            case OBJECT -> "an object";
            default -> "nothing";
        };
    }
}
