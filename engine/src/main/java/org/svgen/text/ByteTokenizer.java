package org.svgen.text;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.svgen.checkpoint.Config;

/**
 * ByT5's tokenizer as transformers' {@code ByT5Tokenizer}: a token for each byte of the text in
 * UTF-8, then {@code </s>}, padded with {@code <pad>}. Special tokens written out in the text
 * become themselves.
 */
final class ByteTokenizer implements Tokenizer {
    private static final List<String> FIRST = List.of("<pad>", "</s>", "<unk>");
    private static final int PADDING = 0;
    private static final int END = 1;
    private static final int BYTES = 1 << Byte.SIZE;
    private static final int EXTRA_IDS = 125;
    private static final int MAX_EXTRA_IDS = 10_000;

    private final SpecialTokens specials;

    private ByteTokenizer(SpecialTokens specials) {
        this.specials = specials;
    }

    /** Reads the special tokens of {@code tokenizer_config.json}; there is no vocabulary. */
    static ByteTokenizer open(Path folder) {
        Config config = Config.read(folder.resolve("tokenizer_config.json"));
        Map<String, Integer> ids = new HashMap<>();
        FIRST.forEach(token -> ids.put(token, FIRST.indexOf(token)));
        config.section("added_tokens_decoder")
                .ifPresentOrElse(added -> read(added, ids), () -> count(config, ids));
        return new ByteTokenizer(new SpecialTokens(ids));
    }

    /** Of older files, which only say how many tokens follow the bytes. */
    private static void count(Config config, Map<String, Integer> ids) {
        int extra = config.intIn("extra_ids", 0, MAX_EXTRA_IDS, EXTRA_IDS);
        for (int i = 0; i < extra; i++) {
            ids.put("<extra_id_%d>".formatted(i), FIRST.size() + BYTES + i);
        }
    }

    private static void read(Config added, Map<String, Integer> ids) {
        for (String key : added.keys()) {
            if (!key.matches("\\d{1,9}")) {
                throw added.wrong(key, "no key but whole numbers");
            }
            ids.put(added.section(key).orElseThrow().text("content"), Integer.valueOf(key));
        }
    }

    @Override
    public Tokens encode(String text, int maxLength) {
        IntStream.Builder found = IntStream.builder();
        specials.split(text, plain -> bytes(plain).forEach(found), found);
        int[] all = found.build().toArray();
        int kept = Math.min(all.length, maxLength - 1);
        int[] ids = Arrays.copyOf(Arrays.copyOf(all, kept), maxLength);
        int used = kept;
        if (kept == 0 || ids[kept - 1] != END) { // not doubled where the text brought its own
            ids[used++] = END;
        }
        Arrays.fill(ids, used, maxLength, PADDING);
        return new Tokens(ids, used, all.length - kept);
    }

    private static IntStream bytes(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return IntStream.range(0, bytes.length).map(i -> FIRST.size() + (bytes[i] & 0xFF));
    }
}
