package org.svgen.text;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.Untrusted;
import org.svgen.tensor.BadInputException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * CLIP's tokenizer, whose older folders have only {@code vocab.json} and {@code merges.txt}: byte
 * pairs of lower-cased words with a mark at the end of each. Told to {@link JsonTokenizer} as the
 * {@code tokenizer.json} that transformers' {@code CLIPTokenizer} would build of them.
 */
final class ClipTokenizer {
    private static final int MAX_BYTES = 16 << 20;
    private static final String START = "<|startoftext|>";
    private static final String END = "<|endoftext|>";
    private static final String WORD_END = "</w>";
    private static final String WORDS =
            "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d"
                    + "|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private ClipTokenizer() {}

    static JsonTokenizer open(Path folder) {
        Config config = Config.read(folder.resolve("tokenizer_config.json"));
        Path file = folder.resolve("vocab.json");
        JsonNode vocabulary = vocabulary(file);
        String start = named(config, "bos_token", START);
        String end = named(config, "eos_token", END);
        ObjectNode root = MAPPER.createObjectNode().put("version", "1.0");
        root.putNull("truncation").putNull("padding").putNull("decoder");
        ArrayNode added = root.putArray("added_tokens");
        addToken(added, file, vocabulary, start);
        if (!end.equals(start)) {
            addToken(added, file, vocabulary, end);
        }
        root.set("normalizer", read(NORMALIZER));
        root.set("pre_tokenizer", preTokenizer());
        ObjectNode around = root.putObject("post_processor").put("type", "RobertaProcessing");
        around.putArray("sep").add(end).add(id(file, vocabulary, end));
        around.putArray("cls").add(start).add(id(file, vocabulary, start));
        around.put("trim_offsets", false).put("add_prefix_space", false);
        ObjectNode model = root.putObject("model").put("type", "BPE");
        model.put("unk_token", named(config, "unk_token", END));
        model.put("end_of_word_suffix", WORD_END);
        model.set("vocab", vocabulary);
        model.set("merges", merges(folder.resolve("merges.txt")));
        return JsonTokenizer.of(file, MAPPER.writeValueAsBytes(root), folder);
    }

    private static final String NORMALIZER =
            """
            {"type": "Sequence", "normalizers": [
              {"type": "NFC"},
              {"type": "Replace", "pattern": {"Regex": "\\\\s+"}, "content": " "},
              {"type": "Lowercase"}]}
            """;

    private static JsonNode preTokenizer() {
        ObjectNode sequence = MAPPER.createObjectNode().put("type", "Sequence");
        ArrayNode steps = sequence.putArray("pretokenizers");
        ObjectNode split = steps.addObject().put("type", "Split");
        split.putObject("pattern").put("Regex", WORDS);
        split.put("behavior", "Removed").put("invert", true);
        steps.addObject()
                .put("type", "ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", true)
                .put("use_regex", true);
        return sequence;
    }

    private static String named(Config config, String key, String absent) {
        return config.has(key) ? JsonTokenizer.token(config, key) : absent;
    }

    private static void addToken(ArrayNode added, Path file, JsonNode vocabulary, String token) {
        ObjectNode node = added.addObject();
        node.put("id", id(file, vocabulary, token)).put("content", token);
        for (String flag : new String[] {"single_word", "lstrip", "rstrip", "normalized"}) {
            node.put(flag, false);
        }
        node.put("special", true);
    }

    private static int id(Path file, JsonNode vocabulary, String token) {
        JsonNode id = vocabulary.path(token);
        if (!id.isIntegralNumber()) {
            throw new BadInputException(
                    "%s: the token %s is missing".formatted(file, Untrusted.quoted(token)));
        }
        return id.asInt();
    }

    private static JsonNode vocabulary(Path file) {
        JsonNode node;
        try {
            node = MAPPER.readTree(Untrusted.bytes(file, MAX_BYTES));
        } catch (JacksonException e) {
            throw Config.malformed(file, e);
        }
        if (!node.isObject()) {
            throw new BadInputException(file + ": expected an object of tokens and their numbers");
        }
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            JsonNode id = entry.getValue();
            if (!id.isIntegralNumber() || !id.canConvertToInt() || id.asInt() < 0) {
                throw new BadInputException(
                        "%s: token %s: expected a number of at least 0, found %s"
                                .formatted(
                                        file,
                                        Untrusted.quoted(entry.getKey()),
                                        Untrusted.oneLine(id.toString())));
            }
        }
        return node;
    }

    /** The pairs in the order of their rank, without the line that names the version. */
    private static ArrayNode merges(Path file) {
        String text = new String(Untrusted.bytes(file, MAX_BYTES), StandardCharsets.UTF_8);
        ArrayNode merges = MAPPER.createArrayNode();
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            String pair = line.strip();
            if (pair.isEmpty() || (number == 1 && pair.startsWith("#version"))) {
                continue;
            }
            if (pair.split(" ", -1).length != 2) {
                throw new BadInputException(
                        "%s: line %d: expected two tokens, found %s"
                                .formatted(file, number, Untrusted.quoted(pair)));
            }
            merges.add(pair);
        }
        return merges;
    }

    private static JsonNode read(String json) {
        return MAPPER.readTree(json);
    }
}
