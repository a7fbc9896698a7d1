package org.svgen.models.hunyuan;

/**
 * What the language model is asked about a prompt. The embeddings of the question are cut off
 * (diffusers: {@code DEFAULT_PROMPT_TEMPLATE}).
 */
final class PromptTemplate {
    /** Tokens of the question before the prompt. */
    static final int CROP = 95;

    /** Tokens of the prompt, with what closes it. */
    static final int PROMPT_TOKENS = 256;

    static final int MAX_TOKENS = CROP + PROMPT_TOKENS;

    /** What the description is to be about. */
    static final String ASPECTS =
            "1. The main content and theme of the video."
                    + "2. The color, shape, size, texture, quantity, text, and spatial relationships"
                    + " of the objects."
                    + "3. Actions, events, behaviors temporal relationships, physical movement"
                    + " changes of the objects."
                    + "4. background environment, light, style and atmosphere."
                    + "5. camera angles, movements, and transitions used in the video:";

    private static final String BEFORE =
            "<|start_header_id|>system<|end_header_id|>\n\n"
                    + "Describe the video by detailing the following aspects: "
                    + ASPECTS
                    + "<|eot_id|>"
                    + "<|start_header_id|>user<|end_header_id|>\n\n";
    private static final String AFTER = "<|eot_id|>";

    private PromptTemplate() {}

    static String of(String prompt) {
        return BEFORE + prompt + AFTER;
    }
}
