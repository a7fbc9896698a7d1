package org.svgen.models.hunyuan;

import java.util.Optional;
import org.svgen.pipeline.StepListener;
import org.svgen.tensor.BadInputException;
import org.svgen.text.LlavaConfig;
import org.svgen.text.Tokenizer;
import org.svgen.text.Tokens;

/**
 * A prompt in tokens.
 *
 * @param llama of the whole template
 * @param picture the same with a picture in it, for models that see one
 * @param tokens of them that are the prompt's, and of a picture
 */
record HunyuanPrompt(Tokens llama, Tokens clip, Optional<PicturePrompt> picture, int tokens) {

    /**
     * @param name for notes: {@code prompt}
     * @param clipTokens as many as CLIP knows places for
     * @param listener told what was cut off
     * @throws BadInputException if the tokenizer makes too few tokens of the template
     */
    static HunyuanPrompt of(
            String name,
            String prompt,
            Tokenizer llama,
            Tokenizer clip,
            int clipTokens,
            StepListener listener) {
        Tokens whole = llama.encode(PromptTemplate.of(prompt), PromptTemplate.MAX_TOKENS);
        int tokens = whole.used() - PromptTemplate.CROP;
        if (tokens < 1) {
            throw new BadInputException(
                    "tokenizer: %d tokens of prompt and template, expected more than %d: the tokenizer does not belong to HunyuanVideo"
                            .formatted(whole.used(), PromptTemplate.CROP));
        }
        Tokens pooled = clip.encode(prompt, clipTokens);
        tell(name, whole, tokens, pooled, listener);
        return new HunyuanPrompt(whole, pooled, Optional.empty(), tokens);
    }

    /**
     * As above, beside a picture.
     *
     * @param stride from one of the picture's tokens that is seen to the next
     */
    static HunyuanPrompt of(
            String name,
            String prompt,
            Tokenizer llama,
            Tokenizer clip,
            int clipTokens,
            HunyuanSight sight,
            int stride,
            StepListener listener) {
        Tokens whole = llama.encode(PicturePrompt.template(prompt), PicturePrompt.MAX_TOKENS);
        LlavaConfig c = sight.config();
        PicturePrompt picture = PicturePrompt.of(whole, c.imageToken(), c.imageTokens(), stride);
        Tokens pooled = clip.encode(prompt, clipTokens);
        tell(name, whole, whole.used() - PicturePrompt.CROP, pooled, listener);
        return new HunyuanPrompt(whole, pooled, Optional.of(picture), picture.rows().length);
    }

    private static void tell(
            String name, Tokens whole, int tokens, Tokens pooled, StepListener listener) {
        if (whole.cut() > 0) {
            listener.note(
                    "the %s is too long for this model: its last %d of %d tokens were cut"
                            .formatted(name, whole.cut(), tokens + whole.cut()));
        }
        if (pooled.cut() > 0) {
            listener.note(
                    "the %s is too long for CLIP, which sees its first %d tokens; Llama sees %s"
                            .formatted(name, pooled.used(), whole.cut() > 0 ? "more" : "all"));
        }
    }

    /**
     * Rows of embeddings that the transformer gets; padding is among them where there is no
     * picture.
     */
    int rows() {
        return picture.isPresent() ? tokens : PromptTemplate.PROMPT_TOKENS;
    }
}
