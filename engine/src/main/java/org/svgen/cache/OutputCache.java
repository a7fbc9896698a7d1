package org.svgen.cache;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.IntFunction;
import org.svgen.schedule.CleanSample;
import org.svgen.state.State;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/**
 * Makes a skipped step's output of what went into the last computed step and came out of it. The
 * error of a step is told from how far the sample moved since the step before, by the rate that was
 * found between the last two computed steps (EasyCache, arXiv 2507.02860). Nothing is calibrated,
 * and the inside of the network does not matter.
 */
public final class OutputCache implements StepCache {
    private final SkipRule rule;
    private final LastComputed last;
    private final Drift drift;
    private Reused reused; // since the last computed step
    private double error;
    private int before;
    private OptionalDouble figure = OptionalDouble.empty();

    /**
     * What a cache is made for.
     *
     * @param workspace gives memory, for as long as the enclosing scope
     * @param host owns host memory
     * @param sample F32, of one element; its shape matters
     * @param outputs F32, an element for each branch; their shape matters
     */
    public record Pass(Workspace workspace, Arena host, Tensor sample, Tensor outputs) {}

    /**
     * Nothing computed yet.
     *
     * @param rule which steps are skipped
     * @param candidates what may be reused: {@link Reused#PUBLISHED} or {@link Reused#MEASURED}
     * @param pass tensors of a pass
     * @param clean how a step's output tells the clean sample
     */
    public OutputCache(
            SkipRule rule, List<Reused> candidates, Pass pass, IntFunction<CleanSample> clean) {
        this.rule = rule;
        this.last = new LastComputed(pass.workspace, clean, pass.sample, pass.outputs);
        this.drift = new Drift(pass.workspace, pass.host, candidates, last);
        this.reused = candidates.getFirst();
    }

    @Override
    public boolean reuse(int step, Tensor sample, Tensor out) {
        drift.begin(sample);
        figure = OptionalDouble.empty();
        if (!last.exists() || !rule.open(step)) {
            return false;
        }
        if (before == 0) {
            reused = drift.slowest();
        }
        error += drift.relative(reused, step);
        figure = OptionalDouble.of(error);
        if (!rule.skips(step, before, error)) {
            return false;
        }
        last.give(reused, step, sample, out);
        before++;
        return true;
    }

    @Override
    public void computed(int step, Tensor sample, Tensor out) {
        drift.computed(step, sample, LastComputed.prompted(out));
        last.keep(step, sample, out);
        error = 0;
        before = 0;
    }

    @Override
    public void state(State state) {
        reused = Reused.values()[(int) state.whole("reused", reused.ordinal())];
        error = state.number("error", error);
        before = (int) state.whole("before", before);
        last.state(state.part("last"));
        drift.state(state.part("drift"));
    }

    @Override
    public OptionalDouble figure() {
        return figure;
    }
}
