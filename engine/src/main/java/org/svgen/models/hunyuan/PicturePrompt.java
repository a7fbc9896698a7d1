package org.svgen.models.hunyuan;

import java.util.stream.IntStream;
import org.svgen.tensor.BadInputException;
import org.svgen.text.Tokens;

/**
 * What Llava is asked about a prompt and a picture, and which of its embeddings the transformer
 * sees: some of the picture's, then those of the prompt without the question before it and without
 * the beginning of the answer (diffusers: {@code HunyuanVideoImageToVideoPipeline}).
 *
 * @param ids tokens with the picture's, none of them padding
 * @param rows of their embeddings
 */
record PicturePrompt(int[] ids, int[] rows) {
    /** Tokens of the question before the prompt, one of them for the picture. */
    static final int CROP = 103;

    static final int MAX_TOKENS = CROP + PromptTemplate.PROMPT_TOKENS;

    /** Where the picture stands. */
    static final int IMAGE = 5;

    /** Tokens that close the prompt and name who answers. */
    private static final int CLOSING = 4;

    /** The token that ends a header stands once before the picture. */
    private static final int HEADER_END = IMAGE - 2;

    private static final String BEFORE =
            "<|start_header_id|>system<|end_header_id|>\n\n<image>\n"
                    + "Describe the video by detailing the following aspects according to the"
                    + " reference image: "
                    + PromptTemplate.ASPECTS
                    + "<|eot_id|>\n\n<|start_header_id|>user<|end_header_id|>\n\n";
    private static final String AFTER =
            "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n";

    static String template(String prompt) {
        return BEFORE + prompt + AFTER;
    }

    /**
     * @param text of the whole template, {@link #MAX_TOKENS}
     * @param image the token that stands for the picture
     * @param count of the picture's tokens
     * @param stride from one that is kept to the next
     * @throws BadInputException if the tokenizer makes other tokens of the template, or if the
     *     prompt has the picture's token in it
     */
    static PicturePrompt of(Tokens text, int image, int count, int stride) {
        int[] ids = text.ids();
        int used = text.used();
        int[] pictures = IntStream.range(0, used).filter(i -> ids[i] == image).toArray();
        if (used <= CROP || pictures.length == 0 || pictures[0] != IMAGE) {
            throw new BadInputException(
                    "tokenizer: expected more than %d tokens of prompt and template, and <image> as number %d, found %d and %s: the tokenizer does not belong to HunyuanVideo"
                            .formatted(
                                    CROP,
                                    IMAGE,
                                    used,
                                    pictures.length == 0 ? "none" : "number " + pictures[0]));
        }
        if (pictures.length > 1) {
            throw new BadInputException(
                    "prompt: expected a text without <image>, which stands for the picture, found it");
        }
        int answer = answer(ids, used);
        int more = count - 1;
        int[] expanded =
                IntStream.range(0, used + more)
                        .map(i -> i < IMAGE ? ids[i] : i <= IMAGE + more ? image : ids[i - more])
                        .toArray();
        IntStream seen = IntStream.range(0, count).filter(i -> i % stride == 0);
        IntStream prompt =
                IntStream.range(CROP, used).filter(i -> i < answer - CLOSING || i >= answer);
        return new PicturePrompt(
                expanded,
                IntStream.concat(seen.map(i -> IMAGE + i), prompt.map(i -> i + more)).toArray());
    }

    /**
     * Where the answer begins: behind the last header. Where the template's last is cut off, the
     * prompt's last tokens are taken for it, as diffusers does.
     */
    private static int answer(int[] ids, int used) {
        int[] ends = IntStream.range(0, used).filter(i -> ids[i] == ids[HEADER_END]).toArray();
        return ends.length == 2 ? ids.length : ends[ends.length - 1] + 1;
    }
}
