package org.svgen.models.cosmos;

import java.util.List;
import org.svgen.tensor.Tensor;

/**
 * What the model is told besides noise, in host memory.
 *
 * @param texts by branch of guidance, the prompt's last: F32 [text tokens, Dt]
 */
record CosmosTold(List<Tensor> texts) {
    CosmosTold {
        texts = List.copyOf(texts);
    }
}
