package org.svgen.models.hunyuan15;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.StepListener;
import org.svgen.tensor.BadInputException;
import org.svgen.text.Tokenizer;
import org.svgen.text.Tokens;

/**
 * The texts of a request in tokens.
 *
 * @param branches the negative prompt, if guided, then the prompt
 */
record Hunyuan15Prompt(List<Branch> branches) {
    /**
     * One text.
     *
     * @param text of the whole template
     * @param glyphs what is quoted in it
     */
    record Branch(Tokens text, Optional<Tokens> glyphs) {
        /** Rows of the text's embeddings, without the template's and without padding. */
        int textRows() {
            return text.used() - Hunyuan15Template.CROP;
        }

        /** Rows of what is quoted, without padding. */
        int glyphRows() {
            return glyphs.map(Tokens::used).orElse(0);
        }
    }

    Hunyuan15Prompt {
        branches = List.copyOf(branches);
    }

    /**
     * @param guided whether the negative prompt is used
     * @param qwen reads the template
     * @param bytes reads what is quoted
     * @param listener told what was cut off
     * @throws BadInputException if the tokenizer makes too few tokens of the template
     */
    static Hunyuan15Prompt of(
            Request request,
            boolean guided,
            Tokenizer qwen,
            Tokenizer bytes,
            StepListener listener) {
        List<Branch> branches = new ArrayList<>();
        if (guided) {
            branches.add(
                    branch("negative prompt", request.negativePrompt(), qwen, bytes, listener));
        }
        branches.add(branch("prompt", request.prompt(), qwen, bytes, listener));
        return new Hunyuan15Prompt(branches);
    }

    private static Branch branch(
            String name, String text, Tokenizer qwen, Tokenizer bytes, StepListener listener) {
        Tokens whole = qwen.encode(Hunyuan15Template.of(text), Hunyuan15Template.MAX_TOKENS);
        int tokens = whole.used() - Hunyuan15Template.CROP;
        if (tokens < 1) {
            throw new BadInputException(
                    "tokenizer: %d tokens of prompt and template, expected more than %d: the tokenizer does not belong to HunyuanVideo-1.5"
                            .formatted(whole.used(), Hunyuan15Template.CROP));
        }
        Optional<Tokens> glyphs =
                Hunyuan15Glyphs.of(text).map(told -> bytes.encode(told, Hunyuan15Glyphs.TOKENS));
        note(listener, "the " + name, tokens, whole.cut());
        glyphs.ifPresent(
                told -> note(listener, "quoted text in the " + name, told.used(), told.cut()));
        return new Branch(whole, glyphs);
    }

    private static void note(StepListener listener, String what, int kept, int cut) {
        if (cut > 0) {
            listener.note(
                    "%s is too long for this model: its last %d of %d tokens were cut"
                            .formatted(what, cut, kept + cut));
        }
    }

    /** Tokens that did not fit. */
    int cut() {
        return branches.stream()
                .mapToInt(b -> b.text().cut() + b.glyphs().map(Tokens::cut).orElse(0))
                .sum();
    }
}
