package org.svgen.checkpoint;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.svgen.tensor.BadInputException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** A {@code .safetensors.index.json}: which file of the same folder holds which tensor. */
final class ShardIndex {
    private ShardIndex() {}

    /** Tensor name to file name, in the order of the index. */
    static Map<String, String> read(Path index) {
        return parse(index, Untrusted.bytes(index, SafeTensors.MAX_HEADER_BYTES));
    }

    /** The same of bytes that lie elsewhere; {@code index} is what messages call them. */
    static Map<String, String> parse(Path index, byte[] json) {
        Map<String, String> files = new LinkedHashMap<>();
        try (JsonParser parser = Json.parser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new BadInputException(index + ": expected a JSON object");
            }
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                boolean map = parser.currentName().equals("weight_map");
                if (parser.nextToken() == JsonToken.START_OBJECT && map) {
                    weightMap(index, parser, files);
                } else {
                    parser.skipChildren();
                }
            }
        } catch (JacksonException e) {
            throw Json.malformed(index, e);
        }
        if (files.isEmpty()) {
            throw new BadInputException(index + ": expected a \"weight_map\" that names tensors");
        }
        return files;
    }

    private static void weightMap(Path index, JsonParser parser, Map<String, String> files) {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String tensor = parser.currentName();
            JsonToken value = parser.nextToken();
            String file = value == JsonToken.VALUE_STRING ? parser.getString() : "";
            // A name only: an index must not lead out of its folder.
            if (!file.matches("[\\w][\\w.+ -]*\\.safetensors")) {
                throw new BadInputException(
                        "%s: tensor %s: expected the name of a .safetensors file beside the index, found %s"
                                .formatted(
                                        index, Untrusted.quoted(tensor), Untrusted.quoted(file)));
            }
            files.put(tensor, file);
        }
    }
}
