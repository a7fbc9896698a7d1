package org.svgen.text;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Base64;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.Untrusted;
import org.svgen.tensor.BadInputException;
import org.svgen.text.ProtoReader.Malformed;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Checks the parts of a {@code tokenizer.json} that the native library would trust: it ends the
 * process, not the call, where a reference within the file leads nowhere.
 */
final class TokenizerJson {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private TokenizerJson() {}

    static void check(Path file, byte[] json) {
        try {
            JsonNode root = MAPPER.readTree(json);
            if (!root.path("model").isObject()) {
                throw new Malformed("expected an object \"model\"");
            }
            checkModel(root.path("model"));
            checkNormalizer(root.path("normalizer"));
            checkTemplates(root.path("post_processor"));
        } catch (JacksonException e) {
            throw Config.malformed(file, e);
        } catch (Malformed | IllegalArgumentException e) {
            throw malformed(file, String.valueOf(e.getMessage()), e);
        }
    }

    private static void checkModel(JsonNode model) {
        if (model.path("type").asString("").equals("Unigram")
                && !model.path("unk_id").isIntegralNumber()) {
            throw new Malformed("a Unigram model needs an unk_id");
        }
        // A prefix that merges lack makes the library cut strings beyond their ends.
        if (!model.path("continuing_subword_prefix").asString("").isEmpty()) {
            throw new Malformed("a continuing_subword_prefix is not supported");
        }
    }

    private static void checkNormalizer(JsonNode normalizer) {
        if (normalizer.path("type").asString("").equals("Precompiled")) {
            String map = normalizer.path("precompiled_charsmap").asString("");
            if (map.isEmpty()) {
                throw new Malformed("expected a text \"precompiled_charsmap\"");
            }
            CharacterMap.check(ByteBuffer.wrap(Base64.getDecoder().decode(map)));
        }
        for (JsonNode part : normalizer.path("normalizers")) {
            checkNormalizer(part);
        }
    }

    /** Every special token that a template puts around the text must be described beside it. */
    private static void checkTemplates(JsonNode processor) {
        JsonNode described = processor.path("special_tokens");
        for (String template : new String[] {"single", "pair"}) {
            for (JsonNode used : processor.path(template).findValues("SpecialToken")) {
                String id = used.path("id").asString("");
                if (!described.has(id)) {
                    throw new Malformed("the template's token " + id + " is not described");
                }
            }
        }
        for (JsonNode part : processor.path("processors")) {
            checkTemplates(part);
        }
    }

    private static BadInputException malformed(Path file, String reason, Exception cause) {
        return new BadInputException(
                "%s: malformed: %s".formatted(file, Untrusted.oneLine(reason)), cause);
    }
}
