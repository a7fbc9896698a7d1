package org.svgen.checkpoint;

import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.svgen.tensor.BadInputException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reading JSON that nobody vouches for: every failure is one line. */
final class Json {
    private static final JsonFactory STRICT =
            JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                    .build();
    private static final JsonFactory PLAIN = JsonFactory.builder().build();
    private static final Pattern ASIDE =
            Pattern.compile(
                    ": enable `|: was expecting \\(JSON| \\(not recognized| \\(start marker");

    /** As Python reads it, which has numbers that JSON has not. */
    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

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

    /** A parser that reads as Python does, but refuses a key given twice in one object. */
    static JsonParser parser(byte[] json) {
        return STRICT.createParser(ObjectReadContext.empty(), json);
    }

    /** A parser of JSON by the letter that is UTF-8 and nothing else. */
    static JsonParser utf8Parser(byte[] json) {
        CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder(); // reports what is malformed
        return PLAIN.createParser(
                ObjectReadContext.empty(),
                new InputStreamReader(new ByteArrayInputStream(json), utf8));
    }

    static BadInputException malformed(Path file, JacksonException e) {
        TokenStreamLocation at = e.getLocation();
        return new BadInputException(
                "%s: malformed JSON in line %d, column %d: %s"
                        .formatted(
                                file,
                                at == null ? 1 : at.getLineNr(),
                                at == null ? 1 : at.getColumnNr(),
                                Untrusted.oneLine(reason(e.getOriginalMessage()))),
                e);
    }

    /** In few words, and without advice for those who program the parser. */
    private static String reason(String message) {
        if (message.startsWith("Unexpected end-of-input")) {
            return "it ends too early";
        }
        return ASIDE.split(message, 2)[0]
                .replaceAll("\\((.+?) \\(code \\d+\\)\\)", "$1")
                .replaceAll(" \\(code \\d+\\)", "");
    }

    /** What a value is, for messages: {@code the text "abc"}. */
    static String kind(JsonNode node) {
        return switch (node.getNodeType()) {
            case STRING -> "the text " + Untrusted.quoted(node.asString());
            case NUMBER, BOOLEAN -> Untrusted.oneLine(node.asString());
            case ARRAY -> "the list " + Untrusted.oneLine(node.toString());
            case OBJECT -> "an object";
            default -> "nothing";
        };
    }
}
