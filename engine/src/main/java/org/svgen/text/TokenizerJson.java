package org.svgen.text;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Base64;
import org.svgen.checkpoint.Untrusted;
import org.svgen.tensor.BadInputException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Checks the parts of a {@code tokenizer.json} that the native library would trust. */
final class TokenizerJson {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private TokenizerJson() {}

    static void check(Path file, byte[] json) {
        try {
            JsonNode root = MAPPER.readTree(json);
            if (!root.path("model").isObject()) {
                throw new BadInputException(file + ": expected an object \"model\"");
            }
            for (JsonNode map : root.findValues("precompiled_charsmap")) {
                if (!map.isNull()) {
                    CharacterMap.check(ByteBuffer.wrap(Base64.getDecoder().decode(map.asString())));
                }
            }
        } catch (JacksonException | ProtoReader.Malformed | IllegalArgumentException e) {
            throw new BadInputException(
                    "%s: malformed: %s"
                            .formatted(file, Untrusted.oneLine(String.valueOf(e.getMessage()))),
                    e);
        }
    }
}
