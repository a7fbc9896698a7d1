package org.svgen.models.cosmos;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.sparse.AttentionPolicy;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/**
 * What all blocks share in one step.
 *
 * @param texts by branch of guidance: F32 [text tokens, Dt]
 * @param places [V, C], added before each block; none in some models
 */
record CosmosStep(
        Workspace workspace,
        List<Tensor> texts,
        CosmosTime time,
        @Nullable Tensor places,
        CosmosRope rope,
        AttentionPolicy policy) {}
