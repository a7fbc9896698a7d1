package org.svgen.run;

import java.util.List;
import java.util.Optional;
import org.svgen.cache.StepCache;
import org.svgen.guidance.Guider;
import org.svgen.schedule.Sampler;
import org.svgen.sparse.AttentionPolicy;
import org.svgen.sparse.AttentionStatistics;
import org.svgen.sparse.DensityBudget;
import org.svgen.state.State;
import org.svgen.tensor.Tensor;

/**
 * All that a run carries from step to step. The condition is not in it: it is made again, from the
 * same prompt, pictures and seed.
 *
 * @param expert that takes the steps
 * @param sample on its way
 * @param sampler takes it from step to step
 * @param statistics of all attention
 * @param budget of the density, if heads share one
 * @param random behind what the condition took
 * @param policy of attention
 * @param cache of steps
 * @param guider that joins branches of guidance, where it is not their plain sum
 */
record RunState(
        Expert<?, ?> expert,
        Sample sample,
        Sampler sampler,
        AttentionStatistics statistics,
        Optional<DensityBudget> budget,
        Draws random,
        AttentionPolicy policy,
        StepCache cache,
        Optional<Guider> guider) {
    static final String LATENTS = "latents";
    static final String STATISTICS = "statistics";
    static final String LAYERS = "layers";
    static final String LOG = "log";

    /**
     * Passes by. Policies and caches serve one expert, so at its beginning and its end there is
     * nothing of theirs.
     *
     * @param done steps that are done
     */
    void pass(int done, State state) {
        state.tensor(LATENTS, sample.latents());
        List<Tensor> memory = sampler.memory();
        for (int i = 0; i < memory.size(); i++) {
            state.tensor("sampler." + i, memory.get(i));
        }
        random.state(state.part("random"));
        state.whole(LAYERS, statistics.layers());
        statistics.state(state.part(STATISTICS));
        budget.ifPresent(b -> b.state(state.part("budget")));
        if (done > expert.from() && done < expert.to()) {
            policy.state(state.part("policy"));
            cache.state(state.part("cache"));
            guider.ifPresent(g -> g.state(state.part("guider")));
        }
    }
}
