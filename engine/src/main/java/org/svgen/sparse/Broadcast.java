package org.svgen.sparse;

import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.svgen.state.State;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.AttentionPrecision;
import org.svgen.tensor.op.KeyPattern;

/**
 * Attends densely at some steps and takes over what came out at the others, layer by layer (pyramid
 * attention broadcast, arXiv 2408.12588).
 */
public final class Broadcast implements AttentionPolicy {
    private final AttentionPlan plan;
    private final boolean[] reused;
    private final Tensor kept; // [layers, branches, tokens, width]
    private final boolean[] filled; // [layers]
    private final AttentionStatistics statistics;
    private final int first; // step that reuses
    private final int last;
    private final boolean refills;
    private final Precisions precisions;
    private final int warmUp; // steps
    private int step;

    /**
     * Nothing attended to yet.
     *
     * @param geometry where text and video lie
     * @param reused at which steps outputs are taken over
     * @param kept takes the outputs of all layers [layers, branches, tokens, width], of the
     *     workspace's activation type
     * @param refills whether every layer attends at a step that takes nothing over: no cache leaves
     *     out a step or a part of one
     * @param precisions in how many bits calls multiply
     * @param warmUp steps from the first that are the warm-up
     * @param statistics takes what is attended to
     */
    public Broadcast(
            VideoGeometry geometry,
            boolean[] reused,
            Tensor kept,
            boolean refills,
            Precisions precisions,
            int warmUp,
            AttentionStatistics statistics) {
        this(Dense.plan(geometry), reused, kept, refills, precisions, warmUp, statistics);
    }

    /** As above for any dense plan. */
    Broadcast(
            AttentionPlan plan,
            boolean[] reused,
            Tensor kept,
            boolean refills,
            Precisions precisions,
            int warmUp,
            AttentionStatistics statistics) {
        this.plan = plan;
        this.reused = reused.clone();
        this.kept = kept;
        this.filled = new boolean[kept.size(0)];
        this.refills = refills;
        this.precisions = precisions;
        this.warmUp = warmUp;
        this.statistics = statistics;
        int[] steps = IntStream.range(0, reused.length).filter(i -> reused[i]).toArray();
        this.first = steps.length == 0 ? reused.length : steps[0];
        this.last = steps.length == 0 ? -1 : steps[steps.length - 1];
    }

    /**
     * {@return at which steps outputs are taken over: inside a range of timesteps, all but every
     * {@code every}-th step, counted from the first of the run (diffusers:
     * PyramidAttentionBroadcastConfig)}
     *
     * @param timesteps of the run
     * @param above timesteps of the range are above this
     * @param below and below this
     * @param every which steps of the range attend
     * @param first steps from the first that attend, whatever their timestep
     */
    public static boolean[] steps(
            double[] timesteps, double above, double below, int every, int first) {
        boolean[] reused = new boolean[timesteps.length];
        for (int i = Math.max(1, first); i < reused.length; i++) {
            reused[i] = timesteps[i] > above && timesteps[i] < below && i % every != 0;
        }
        return reused;
    }

    @Override
    public void beginStep(int newStep, double timestep) {
        step = newStep;
        statistics.beginStep(0);
    }

    @Override
    public void attend(
            Workspace workspace, int layer, int branch, Tensor q, Tensor k, Tensor v, Tensor out) {
        Tensor place = kept.get(layer).rows(branch, branch + (long) q.size(0));
        KeyPattern pattern = plan.kinds().getFirst().pattern();
        long calls = (long) q.size(0) * q.size(1);
        double allPairs = (double) pattern.queries() * pattern.keys();
        if (reused[step] && filled[layer]) {
            workspace.ops().convert(place, out);
            statistics.countReused(calls, allPairs);
            return;
        }
        AttentionPrecision precision = step < warmUp ? precisions.warmUp() : precisions.behind();
        Dense.attend(workspace, plan, precision, statistics, q, k, v, out);
        if (step < last) {
            if (step > first) {
                statistics.countBroadcast(calls, pattern.pairs(), allPairs);
            }
            workspace.ops().convert(out, place);
            filled[layer] = true;
        }
    }

    @Override
    public void endStep() {}

    @Override
    public void skipStep(int skipped, OptionalDouble error) {
        step = skipped;
        statistics.skipStep(0, error);
    }

    /** The outputs are many, so only those that the next step does not replace. */
    @Override
    public void state(State state) {
        step = (int) state.whole("step", step);
        boolean fresh = step >= last || refills && !reused[step + 1];
        for (int layer = 0; layer < filled.length && !fresh; layer++) {
            filled[layer] = state.flag("filled." + layer, filled[layer]);
            if (filled[layer]) {
                state.tensor("kept." + layer, kept.get(layer));
            }
        }
    }

    @Override
    public AttentionStatistics statistics() {
        return statistics;
    }
}
