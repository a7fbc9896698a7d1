package org.svgen.models.hunyuan;

import org.jspecify.annotations.Nullable;
import org.svgen.models.hunyuan.HunyuanTransformer.Text;
import org.svgen.tensor.Tensor;

/**
 * What the model is told besides noise, F32 in host memory.
 *
 * @param frame latents [C, 1, H, W] of a given first frame
 */
record HunyuanTold(Text text, @Nullable Tensor frame) {}
