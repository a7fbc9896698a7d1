package org.svgen.text;

import ai.djl.sentencepiece.SpTokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.Untrusted;
import org.svgen.tensor.BadInputException;

/**
 * T5's tokenizer as transformers' {@code T5Tokenizer}: SentencePiece, then {@code </s>}, padded
 * with {@code <pad>}. Special tokens written out in the text become themselves, and what stands
 * between them is tokenized separately ("legacy" behaviour).
 */
final class T5Tokenizer implements Tokenizer {
    private static final int MAX_MODEL_BYTES = 64 << 20;
    private static final int EXTRA_IDS = 100;
    private static final int MAX_EXTRA_IDS = 10_000;

    private final NativeTokenizer<SpTokenizer> sentencePiece;
    private final SpecialTokens specials;
    private final int end;
    private final int padding;

    private T5Tokenizer(
            NativeTokenizer<SpTokenizer> sentencePiece,
            SpecialTokens specials,
            int end,
            int padding) {
        this.sentencePiece = sentencePiece;
        this.specials = specials;
        this.end = end;
        this.padding = padding;
    }

    /** Reads {@code spiece.model} and, if there is one, {@code tokenizer_config.json}. */
    static T5Tokenizer open(Path folder) {
        Path file = folder.resolve("spiece.model");
        byte[] bytes = Untrusted.bytes(file, MAX_MODEL_BYTES);
        try {
            SentencePieceModel model = SentencePieceModel.parse(bytes);
            SpecialTokens specials = specials(model, folder.resolve("tokenizer_config.json"));
            int end = model.id("</s>");
            int padding = model.id("<pad>");
            NativeTokenizer<SpTokenizer> sentencePiece =
                    NativeTokenizer.open(file, () -> new SpTokenizer(bytes));
            return new T5Tokenizer(sentencePiece, specials, end, padding);
        } catch (ProtoReader.Malformed e) {
            throw new BadInputException(
                    "%s: no SentencePiece model for T5: %s"
                            .formatted(file, Untrusted.oneLine(String.valueOf(e.getMessage()))),
                    e);
        }
    }

    @Override
    public Tokens encode(String text, int maxLength) {
        IntStream.Builder found = IntStream.builder();
        specials.split(text, plain -> pieces(plain).forEach(found), found);
        return closed(found.build().toArray(), maxLength);
    }

    private IntStream pieces(String text) {
        return IntStream.of(sentencePiece.use(open -> open.getProcessor().encode(text)));
    }

    /** Cuts to make room for the end, which is not doubled where the text brought its own. */
    private Tokens closed(int[] text, int maxLength) {
        int kept = Math.min(text.length, maxLength - 1);
        int[] ids = new int[maxLength];
        System.arraycopy(text, 0, ids, 0, kept);
        int used = kept;
        if (kept == 0 || ids[kept - 1] != end) {
            ids[used++] = end;
        }
        for (int i = used; i < maxLength; i++) {
            ids[i] = padding;
        }
        return new Tokens(ids, used, text.length - kept);
    }

    @Override
    public void close() {
        sentencePiece.close();
    }

    /** The extra ids follow the pieces, the last one first. */
    private static SpecialTokens specials(SentencePieceModel model, Path configFile) {
        Map<String, Integer> ids = new HashMap<>();
        for (String piece : new String[] {"<pad>", "</s>", "<unk>"}) {
            ids.put(piece, model.id(piece));
        }
        int extra = EXTRA_IDS;
        if (Files.exists(configFile)) {
            Config config = Config.read(configFile);
            extra = config.intIn("extra_ids", 0, MAX_EXTRA_IDS, EXTRA_IDS);
            if (config.has("bos_token")) { // UMT5 has one, and puts it nowhere
                String begin = JsonTokenizer.token(config, "bos_token");
                ids.put(begin, model.id(begin));
            }
        }
        for (int i = 0; i < extra; i++) {
            ids.put("<extra_id_%d>".formatted(i), model.pieces().size() - 1 + extra - i);
        }
        return new SpecialTokens(ids);
    }
}
