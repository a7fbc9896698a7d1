package org.svgen.sparse;

import java.util.List;
import java.util.OptionalDouble;
import org.svgen.state.State;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.AttentionPrecision;
import org.svgen.tensor.op.KeyPattern;

/** Every query attends to every key that is not padding. */
public final class Dense implements AttentionPolicy {
    private final AttentionPlan plan;
    private final AttentionPrecision precision;
    private final AttentionStatistics statistics;

    /**
     * Dense attention in every layer and step, in full precision.
     *
     * @param geometry where text and video lie
     * @param statistics takes what is attended to
     */
    public Dense(VideoGeometry geometry, AttentionStatistics statistics) {
        this(geometry, AttentionPrecision.FULL, statistics);
    }

    /**
     * Dense attention in every layer and step.
     *
     * @param geometry where text and video lie
     * @param precision of every call
     * @param statistics takes what is attended to
     */
    public Dense(
            VideoGeometry geometry, AttentionPrecision precision, AttentionStatistics statistics) {
        this.plan = plan(geometry);
        this.precision = precision;
        this.statistics = statistics;
    }

    static AttentionPlan plan(VideoGeometry geometry) {
        return new AttentionPlan(List.of(new Band(geometry, 0, 0).kind(HeadKind.DENSE)));
    }

    @Override
    public void beginStep(int step, double timestep) {
        statistics.beginStep(0);
    }

    @Override
    public void attend(
            Workspace workspace, int layer, int branch, Tensor q, Tensor k, Tensor v, Tensor out) {
        attend(workspace, plan, precision, statistics, q, k, v, out);
    }

    static void attend(
            Workspace workspace,
            AttentionPlan plan,
            AttentionPrecision precision,
            AttentionStatistics statistics,
            Tensor q,
            Tensor k,
            Tensor v,
            Tensor out) {
        workspace.ops().attention(q, k, v, plan, null, scale(q), precision, out);
        KeyPattern pattern = plan.kinds().getFirst().pattern();
        statistics.countDense(
                (long) q.size(0) * q.size(1),
                pattern.pairs(),
                (double) pattern.queries() * pattern.keys(),
                precision);
    }

    static float scale(Tensor q) {
        return (float) (1 / Math.sqrt(q.size(-1)));
    }

    @Override
    public void endStep() {}

    @Override
    public void skipStep(int step, OptionalDouble error) {
        statistics.skipStep(0, error);
    }

    @Override
    public void state(State state) {}

    @Override
    public AttentionStatistics statistics() {
        return statistics;
    }
}
