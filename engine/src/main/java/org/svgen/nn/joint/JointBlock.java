package org.svgen.nn.joint;

import java.util.List;
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
     * @param given of the video's first tokens, where these show a given frame
     * @param cos F32 [videoTokens, D]
     * @param sin F32 [videoTokens, D]
     * @param branch of guidance, from 0
     */
    record Step(
            Workspace workspace,
            Tensor condition,
            @Nullable Given given,
            int videoTokens,
            Tensor cos,
            Tensor sin,
            AttentionPolicy policy,
            int branch) {

        /** Of a video without a given frame. */
        public Step(
                Workspace workspace,
                Tensor condition,
                int videoTokens,
                Tensor cos,
                Tensor sin,
                AttentionPolicy policy,
                int branch) {
            this(workspace, condition, null, videoTokens, cos, sin, policy, branch);
        }

        /** The first {@code tokens} tokens in runs that are modulated alike. */
        public List<Run> runs(int tokens) {
            return given == null
                    ? List.of(new Run(0, tokens, condition))
                    : List.of(
                            new Run(0, given.tokens(), given.condition()),
                            new Run(given.tokens(), tokens, condition));
        }
    }

    /**
     * A frame that is given and stays as it is.
     *
     * @param condition silu of what its tokens are modulated by: [1, C]
     * @param tokens how many they are
     */
    record Given(Tensor condition, int tokens) {}

    /** Tokens {@code from..to}, modulated by {@code condition}. */
    record Run(int from, int to, Tensor condition) {}
}
