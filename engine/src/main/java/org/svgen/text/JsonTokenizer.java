package org.svgen.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.Untrusted;

/** A tokenizer described by Hugging Face's {@code tokenizer.json}. */
final class JsonTokenizer implements Tokenizer {
    private static final int MAX_BYTES = 64 << 20;
    private static final Map<String, String> AS_IT_IS =
            Map.of("padding", "DO_NOT_PAD", "truncation", "DO_NOT_TRUNCATE");

    private final NativeTokenizer<HuggingFaceTokenizer> tokenizer;
    private final int padding;

    private JsonTokenizer(NativeTokenizer<HuggingFaceTokenizer> tokenizer, int padding) {
        this.tokenizer = tokenizer;
        this.padding = padding;
    }

    /** Reads {@code tokenizer.json}, and {@code pad_token} from {@code tokenizer_config.json}. */
    static JsonTokenizer open(Path folder) {
        Path file = folder.resolve("tokenizer.json");
        return of(file, Untrusted.bytes(file, MAX_BYTES), folder);
    }

    /**
     * @param file where {@code json} is from, for messages
     * @param folder has {@code tokenizer_config.json}
     */
    static JsonTokenizer of(Path file, byte[] json, Path folder) {
        TokenizerJson.check(file, json);
        Config config = Config.read(folder.resolve("tokenizer_config.json"));
        String pad = token(config, "pad_token");
        NativeTokenizer<HuggingFaceTokenizer> tokenizer =
                NativeTokenizer.open(file, () -> create(json));
        try {
            int[] ids = ids(tokenizer, pad, false);
            if (ids.length != 1) {
                throw config.wrong("pad_token", "one token of " + file.getFileName());
            }
            return new JsonTokenizer(tokenizer, ids[0]);
        } catch (RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    /** A special token's text, written as such or as the {@code content} of an object. */
    static String token(Config config, String key) {
        return config.isSection(key)
                ? config.section(key).orElseThrow().text("content")
                : config.text(key);
    }

    @Override
    public Tokens encode(String text, int maxLength) {
        int[] whole = ids(tokenizer, text, true);
        if (whole.length <= maxLength) {
            return padded(whole, maxLength, 0);
        }
        // What the model puts behind the text, such as an end token, is kept when the text is cut.
        int[] plain = ids(tokenizer, text, false);
        int before = Math.max(0, Collections.indexOfSubList(list(whole), list(plain)));
        int after = Math.max(0, whole.length - before - plain.length);
        int[] cut = Arrays.copyOf(whole, maxLength);
        int tail = Math.min(after, maxLength);
        System.arraycopy(whole, whole.length - tail, cut, maxLength - tail, tail);
        return padded(cut, maxLength, whole.length - maxLength);
    }

    @Override
    public void close() {
        tokenizer.close();
    }

    private Tokens padded(int[] ids, int maxLength, int cut) {
        int[] all = Arrays.copyOf(ids, maxLength);
        Arrays.fill(all, ids.length, maxLength, padding);
        return new Tokens(all, ids.length, cut);
    }

    private static List<Integer> list(int[] ids) {
        return Arrays.stream(ids).boxed().toList();
    }

    private static int[] ids(
            NativeTokenizer<HuggingFaceTokenizer> tokenizer, String text, boolean special) {
        return tokenizer.use(open ->
                Arrays.stream(open.encode(text, special, false).getIds())
                        .mapToInt(Math::toIntExact)
                        .toArray());
    }

    private static HuggingFaceTokenizer create(byte[] json) {
        try {
            return HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), AS_IT_IS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
