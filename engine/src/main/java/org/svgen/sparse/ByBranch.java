package org.svgen.sparse;

import java.util.List;
import java.util.OptionalDouble;
import org.svgen.state.State;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/**
 * A policy for each branch of guidance, where texts of different lengths make sequences of
 * different lengths. All count into the same statistics.
 */
public final class ByBranch implements AttentionPolicy {
    private final List<AttentionPolicy> policies;
    private final AttentionStatistics statistics;

    /**
     * Branches that take their steps together.
     *
     * @param policies of the branches, in their order; each sees its own branch alone
     * @param statistics that all of them count into
     */
    public ByBranch(List<AttentionPolicy> policies, AttentionStatistics statistics) {
        this.policies = List.copyOf(policies);
        this.statistics = statistics;
        statistics.share(this.policies.size());
    }

    @Override
    public void beginStep(int step, double timestep) {
        policies.forEach(policy -> policy.beginStep(step, timestep));
    }

    @Override
    public void attend(
            Workspace workspace, int layer, int branch, Tensor q, Tensor k, Tensor v, Tensor out) {
        if (q.size(0) != 1) {
            throw new IllegalArgumentException(
                    "%d branches at once, whose sequences differ".formatted(q.size(0)));
        }
        policies.get(branch).attend(workspace, layer, 0, q, k, v, out);
    }

    @Override
    public void endStep() {
        policies.forEach(AttentionPolicy::endStep);
    }

    @Override
    public void skipStep(int step, OptionalDouble error) {
        policies.forEach(policy -> policy.skipStep(step, error));
    }

    @Override
    public void state(State state) {
        for (int b = 0; b < policies.size(); b++) {
            policies.get(b).state(state.part("branch." + b));
        }
    }

    @Override
    public AttentionStatistics statistics() {
        return statistics;
    }
}
