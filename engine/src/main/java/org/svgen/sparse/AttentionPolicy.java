package org.svgen.sparse;

import java.util.OptionalDouble;
import org.svgen.state.State;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/**
 * Decides how self-attention is computed at each layer and step, and counts what it did. One policy
 * serves one run.
 */
public interface AttentionPolicy {
    /**
     * Called before the first layer of a step.
     *
     * @param step which step, from 0
     * @param timestep on the scheduler's scale
     */
    void beginStep(int step, double timestep);

    /**
     * Self-attention of one layer, all heads, of some branches of guidance: all at once or one
     * after the other. All branches of a step pass a layer before the step ends.
     *
     * @param workspace memory of the step
     * @param layer which layer, from 0
     * @param branch which branch the first batch element is, from 0
     * @param q queries [batch, heads, tokens, headDim]
     * @param k keys, of the same shape
     * @param v values, of the same shape
     * @param out takes the result, of the same shape
     */
    void attend(
            Workspace workspace,
            int layer,
            int branch,
            Tensor q, // [B, H, N, D]
            Tensor k, // [B, H, N, D]
            Tensor v, // [B, H, N, D]
            Tensor out); // [B, N, H, D]

    /**
     * As above, for all branches at once.
     *
     * @param workspace memory of the step
     * @param layer which layer, from 0
     * @param q queries [batch, heads, tokens, headDim]
     * @param k keys, of the same shape
     * @param v values, of the same shape
     * @param out takes the result, of the same shape
     */
    default void attend(Workspace workspace, int layer, Tensor q, Tensor k, Tensor v, Tensor out) {
        attend(workspace, layer, 0, q, k, v, out);
    }

    /** Called after the last layer of a step; from here on {@link #statistics} includes it. */
    void endStep();

    /**
     * Called in place of a step that is not computed.
     *
     * @param step which step, from 0
     * @param error that its output is thought to have, as a share of it; none if nobody knows
     */
    void skipStep(int step, OptionalDouble error);

    /**
     * What this alone carries from step to step passes by; not the statistics, nor a budget that
     * others share. Between two steps.
     *
     * @param state keeps it, or gives it back
     */
    void state(State state);

    /** {@return what was attended to so far} */
    AttentionStatistics statistics();
}
