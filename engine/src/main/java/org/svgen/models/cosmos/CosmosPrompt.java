package org.svgen.models.cosmos;

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
record CosmosPrompt(List<Tokens> branches) {
    /** Of a text, padding included. */
    static final int TOKENS = 512;

    /**
     * @param listener told what was cut off
     */
    static CosmosPrompt of(Request request, Tokenizer tokenizer, StepListener listener) {
        List<Tokens> branches = new ArrayList<>();
        if (request.guidance() > 1) {
            branches.add(tokens("negative prompt", request.negativePrompt(), tokenizer, listener));
        }
        branches.add(tokens("prompt", request.prompt(), tokenizer, listener));
        return new CosmosPrompt(List.copyOf(branches));
    }

    private static Tokens tokens(
            String name, String text, Tokenizer tokenizer, StepListener listener) {
        Tokens tokens = tokenizer.encode(text, TOKENS);
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
