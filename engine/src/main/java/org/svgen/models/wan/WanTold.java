package org.svgen.models.wan;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Tensor;

/**
 * What the model is told besides noise, F32 in host memory.
 *
 * @param texts one for each branch of guidance, the one without the prompt first: [512, Dt], with
 *     zeros behind the text
 * @param picture an image encoder's tokens [tokens, Di], those of the last picture behind those of
 *     the first
 * @param channels joined behind the latents: [Cin - Cout, F, H, W]
 * @param firstFrame latents [C, 1, H, W] of a given frame, which the model sees in place of the
 *     first frame of the sample
 */
record WanTold(
        List<Tensor> texts,
        @Nullable Tensor picture,
        @Nullable Tensor channels,
        @Nullable Tensor firstFrame) {
    WanTold {
        texts = List.copyOf(texts);
        if (texts.isEmpty()) {
            throw new IllegalArgumentException("a text for each branch of guidance, found none");
        }
    }
}
