package org.svgen.nn.joint;

import org.jspecify.annotations.Nullable;
import org.svgen.sparse.AttentionPolicy;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/** A block of a transformer in which tokens of video and text attend to each other. */
public interface JointBlock {
    /** Counted over all kinds of block. */
    int layer();

    /**
     * @param x F32 [N, C], the tokens of the video, then those of the text; updated in place. What
     *     is added to it is of the workspace's activation type.
     * @param faults I32 [1], or none: grows by the number of values of {@code x} that are not
     *     finite then
     */
    void forward(Step step, Tensor x, @Nullable Tensor faults);

    /**
     * What all blocks share in one step.
     *
     * @param condition silu of what blocks are modulated by: [1, C]
     * @param cos F32 [videoTokens, D]
     * @param sin F32 [videoTokens, D]
     * @param branch of guidance, from 0
     */
    record Step(
            Workspace workspace,
            Tensor condition,
            int videoTokens,
            Tensor cos,
            Tensor sin,
            AttentionPolicy policy,
            int branch) {}
}
