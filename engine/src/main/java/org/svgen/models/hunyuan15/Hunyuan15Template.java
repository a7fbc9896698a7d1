package org.svgen.models.hunyuan15;

/**
 * What the language model is asked about a prompt, as the chat that Qwen2.5-VL was trained on. The
 * embeddings of the question are cut off (diffusers: {@code system_message}, {@code
 * prompt_template_encode_start_idx}).
 */
final class Hunyuan15Template {
    /** Tokens of the question before the prompt. */
    static final int CROP = 108;

    /** Tokens of the prompt, with what closes it. */
    static final int PROMPT_TOKENS = 1000;

    static final int MAX_TOKENS = CROP + PROMPT_TOKENS;

    /** The makers broke their line in the source, so that its indentation stands in the text. */
    private static final String GAP = " ".repeat(9);

    private static final String BEFORE =
            "<|im_start|>system\n"
                    + String.join(
                            GAP,
                            "You are a helpful assistant. Describe the video by detailing the"
                                    + " following aspects:",
                            "1. The main content and theme of the video.",
                            "2. The color, shape, size, texture, quantity, text, and spatial"
                                    + " relationships of the objects.",
                            "3. Actions, events, behaviors temporal relationships, physical"
                                    + " movement changes of the objects.",
                            "4. background environment, light, style and atmosphere.",
                            "5. camera angles, movements, and transitions used in the video.")
                    + "<|im_end|>\n<|im_start|>user\n";
    private static final String AFTER = "<|im_end|>\n<|im_start|>assistant\n";

    private Hunyuan15Template() {}

    /**
     * @param prompt an empty one is asked about as a blank
     */
    static String of(String prompt) {
        return BEFORE + (prompt.isEmpty() ? " " : prompt) + AFTER;
    }
}
