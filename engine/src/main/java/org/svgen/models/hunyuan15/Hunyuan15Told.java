package org.svgen.models.hunyuan15;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Tensor;

/**
 * What the transformer is told, in host memory.
 *
 * @param texts by branch of guidance, that with the prompt last
 * @param picture F32 [tokens, {@link Hunyuan15Config#pictureDim}]: how the image encoder sees the
 *     first frame; none without one
 * @param channels F32 [C + 1, F, H, W], beside the latents: latents of the first frame, and which
 *     frames are given; none where no frame is
 */
record Hunyuan15Told(List<Text> texts, @Nullable Tensor picture, @Nullable Tensor channels) {
    /**
     * A text, without padding.
     *
     * @param prompt F32 [tokens, {@link Hunyuan15Config#textDim}]
     * @param glyphs F32 [bytes, {@link Hunyuan15Config#glyphDim}] of quoted text; none without any
     */
    record Text(Tensor prompt, @Nullable Tensor glyphs) {
        int tokens() {
            return prompt.size(0) + (glyphs == null ? 0 : glyphs.size(0));
        }
    }

    /** Tokens that stand behind those of the video. */
    int textTokens(int branch) {
        return texts.get(branch).tokens() + (picture == null ? 0 : picture.size(0));
    }
}
