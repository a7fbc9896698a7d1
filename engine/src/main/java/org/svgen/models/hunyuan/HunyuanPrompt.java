package org.svgen.models.hunyuan;

import org.svgen.pipeline.StepListener;
import org.svgen.tensor.BadInputException;
import org.svgen.text.Tokenizer;
import org.svgen.text.Tokens;

/**
 * A prompt in tokens.
 *
 * @param llama of the whole template
 * @param tokens of them that are the prompt's
 */
record HunyuanPrompt(Tokens llama, Tokens clip, int tokens) {

    /**
     * @param clipTokens as many as CLIP knows places for
     * @param listener told what was cut off
     * @throws BadInputException if the tokenizer makes too few tokens of the template
     */
    static HunyuanPrompt of(
            String prompt, Tokenizer llama, Tokenizer clip, int clipTokens, StepListener listener) {
        Tokens whole = llama.encode(PromptTemplate.of(prompt), PromptTemplate.MAX_TOKENS);
        int tokens = whole.used() - PromptTemplate.CROP;
        if (tokens < 1) {
            throw new BadInputException(
                    "tokenizer: %d tokens of prompt and template, expected more than %d: the tokenizer does not belong to HunyuanVideo"
                            .formatted(whole.used(), PromptTemplate.CROP));
        }
        Tokens pooled = clip.encode(prompt, clipTokens);
        if (whole.cut() > 0) {
            listener.note(
                    "the prompt is too long for this model: its last %d of %d tokens were cut"
                            .formatted(whole.cut(), tokens + whole.cut()));
        }
        if (pooled.cut() > 0) {
            listener.note(
                    "the prompt is too long for CLIP, which sees its first %d tokens; Llama sees %s"
                            .formatted(pooled.used(), whole.cut() > 0 ? "more" : "all"));
        }
        return new HunyuanPrompt(whole, pooled, tokens);
    }
}
