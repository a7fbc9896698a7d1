package org.svgen.text;

import java.util.List;
import org.svgen.checkpoint.Config;
import org.svgen.nn.ClipShape;

/**
 * The sizes of CLIP's text encoder.
 *
 * @param shape of the blocks
 * @param positions tokens of a text at most
 * @param endToken the token whose place holds the embedding of the whole text
 */
public record ClipConfig(int vocabulary, ClipShape shape, int positions, int endToken) {
    /** What such a model calls itself. */
    public static final List<String> CLASSES =
            List.of("CLIPTextModel", "CLIPTextModelWithProjection");

    private static final int MAX_POSITIONS = 1 << 12;

    /** Reads the {@code config.json} of a {@code CLIPTextModel}. */
    public static ClipConfig read(Config config) {
        config.requireClass(CLASSES);
        return new ClipConfig(
                config.positive("vocab_size", 49408),
                ClipShape.read(config),
                config.intIn("max_position_embeddings", 1, MAX_POSITIONS, 77),
                config.intIn("eos_token_id", 0, Config.MAX_SIZE, 49407));
    }

    /** Of the embeddings. */
    public int width() {
        return shape.width();
    }
}
