package org.svgen.models.hunyuan;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.models.hunyuan.HunyuanTransformer.Text;
import org.svgen.tensor.Tensor;

/**
 * What the model is told besides noise, F32 in host memory.
 *
 * @param texts by branch of guidance, the prompt's last
 * @param frame latents [C, 1, H, W] of a given first frame
 */
record HunyuanTold(List<Text> texts, @Nullable Tensor frame) {
    HunyuanTold {
        texts = List.copyOf(texts);
    }
}
