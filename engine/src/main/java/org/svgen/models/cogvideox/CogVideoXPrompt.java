package org.svgen.models.cogvideox;

import java.util.ArrayList;
import java.util.List;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.StepListener;
import org.svgen.text.Tokenizer;
import org.svgen.text.Tokens;

/**
 * The texts of a request in tokens.
 *
 * @param branches the negative prompt, if guided, then the prompt
 */
record CogVideoXPrompt(List<Tokens> branches) {

    /**
     * @param length tokens of a text, padding included
     * @param listener told what was cut off
     */
    static CogVideoXPrompt of(
            Request request, Tokenizer tokenizer, int length, StepListener listener) {
        List<Tokens> branches = new ArrayList<>();
        if (request.guidance() > 1) {
            branches.add(
                    tokens(
                            "negative prompt",
                            request.negativePrompt(),
                            tokenizer,
                            length,
                            listener));
        }
        branches.add(tokens("prompt", request.prompt(), tokenizer, length, listener));
        return new CogVideoXPrompt(List.copyOf(branches));
    }

    private static Tokens tokens(
            String name, String text, Tokenizer tokenizer, int length, StepListener listener) {
        Tokens tokens = tokenizer.encode(text, length);
        if (tokens.cut() > 0) {
            listener.note(
                    "the %s is too long for this model: its last %d of %d tokens were cut"
                            .formatted(name, tokens.cut(), tokens.used() + tokens.cut()));
        }
        return tokens;
    }

    int cut() {
        return branches.stream().mapToInt(Tokens::cut).sum();
    }
}
