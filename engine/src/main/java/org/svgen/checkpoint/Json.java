package org.svgen.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.svgen.tensor.BadInputException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reading JSON that nobody vouches for: sizes are limited, every failure is one line. */
final class Json {
    private static final JsonFactory STRICT =
            JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final int LONGEST_SHOWN = 120;

    private Json() {}

    /** The whole of {@code file}, which may have {@code limit} bytes at most. */
    static byte[] bytes(Path file, int limit) {
        if (!Files.isRegularFile(file)) {
            throw new BadInputException(
                    "%s: %s"
                            .formatted(
                                    file,
                                    Files.exists(file) ? "not a file" : "there is no such file"));
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(limit + 1);
            if (bytes.length > limit) {
                throw new BadInputException(
                        "%s: larger than %d bytes, the most that such a file may have"
                                .formatted(file, limit));
            }
            return bytes;
        } catch (IOException e) {
            throw new BadInputException(
                    "%s: cannot be read: %s".formatted(file, e.getMessage()), e);
        }
    }

    /** The JSON object that {@code file} holds. */
    static JsonNode object(Path file, int limit) {
        try {
            JsonNode node = MAPPER.readTree(bytes(file, limit));
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
                                oneLine(e.getOriginalMessage())),
                e);
    }

    /** What a value is, for messages: {@code the text "abc"}. */
    static String kind(JsonNode node) {
        return switch (node.getNodeType()) {
            case STRING -> "the text " + quoted(node.asString());
            case NUMBER, BOOLEAN -> oneLine(node.asString());
            case ARRAY -> "a list of %d".formatted(node.size());
            case OBJECT -> "an object";
            default -> "nothing";
        };
    }

    /** {@code text} in quotes, on one line and of bearable length. */
    static String quoted(String text) {
        return '"' + oneLine(text) + '"';
    }

    private static String oneLine(String text) {
        String cut =
                text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "...";
        return cut.replaceAll("\\R|\\p{Cntrl}", " ");
    }
}
