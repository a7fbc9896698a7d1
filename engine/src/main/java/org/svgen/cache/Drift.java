package org.svgen.cache;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import org.svgen.state.State;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/**
 * How fast samples and quantities move, in the branch with the prompt. Measured between computed
 * steps; means over all elements of absolute values. What is measured at the end of a step is
 * fetched with what is measured at the beginning of the next: one small fetch a step.
 */
final class Drift {
    private static final int MOVED = 0;
    private static final int SAMPLE = 1;
    private static final int SIZE = 2;
    private static final int QUANTITIES = 3;

    private final Workspace workspace;
    private final List<Reused> candidates;
    private final LastComputed last;
    private final Sums sums;
    private final Tensor before; // the sample of the step before
    private double[] rates; // how far each quantity moves where the sample moves by 1
    private double[] missed; // what reusing each would have missed in the output
    private boolean began;
    private int compared = -1; // the step whose measurements were not fetched yet
    private double moved = Double.NaN;

    Drift(Workspace workspace, Arena host, List<Reused> candidates, LastComputed last) {
        this.workspace = workspace;
        this.candidates = candidates;
        this.last = last;
        this.sums = new Sums(workspace, host, QUANTITIES + candidates.size());
        this.before = workspace.allocate(DType.F32, last.sample().shape().dims());
        this.rates = new double[candidates.size()];
        this.missed = new double[candidates.size()];
        Arrays.fill(rates, Double.NaN);
    }

    /** A step begins. */
    void begin(Tensor sample) {
        if (began) {
            sums.measure(MOVED, sample, before);
            sums.fetch();
            moved = sums.mean(MOVED);
            read();
        }
        workspace.ops().convert(sample, before);
        began = true;
    }

    private void read() {
        if (compared < 0) {
            return;
        }
        double x = sums.mean(SAMPLE);
        for (int q = 0; q < rates.length; q++) {
            double change = sums.mean(QUANTITIES + q);
            rates[q] = change / x;
            missed[q] = change / ofOutput(q, compared);
        }
        compared = -1;
    }

    /** How much of a quantity the output is: a quantity that is missed by 1 misses 1 over that. */
    private double ofOutput(int q, int step) {
        return published() ? 1 : Math.abs(last.factors(candidates.get(q), step).ofOutput());
    }

    private boolean published() {
        return candidates.equals(Reused.PUBLISHED);
    }

    /** A step is computed; what was computed before is still in {@link LastComputed}. */
    void computed(int step, Tensor sample, Tensor output) {
        sums.measure(SIZE, output, null);
        if (!last.exists()) {
            return;
        }
        sums.measure(SAMPLE, sample, last.sample());
        if (published()) {
            sums.measure(QUANTITIES, output, last.output());
        } else {
            try (var _ = workspace.scope()) {
                Tensor now = workspace.allocate(DType.F32, sample.shape().dims());
                Tensor then = workspace.allocate(DType.F32, sample.shape().dims());
                for (int q = 0; q < candidates.size(); q++) {
                    last.quantity(candidates.get(q), step, sample, output, now);
                    last.quantity(candidates.get(q), then);
                    sums.measure(QUANTITIES + q, now, then);
                }
            }
        }
        compared = step;
    }

    void state(State state) {
        began = state.flag("began", began);
        compared = (int) state.whole("compared", compared);
        moved = state.number("moved", moved);
        rates = state.numbers("rates", rates);
        missed = state.numbers("missed", missed);
        if (began) {
            sums.state(state.part("sums"));
            state.tensor("before", before);
        }
    }

    /** {@return what moved least between the last two computed steps, as the output misses it} */
    Reused slowest() {
        int best = 0;
        for (int q = 1; q < missed.length; q++) {
            if (missed[q] < missed[best] || Double.isNaN(missed[best])) {
                best = q;
            }
        }
        return candidates.get(best);
    }

    /**
     * {@return what a step adds to the error of the output if a quantity is reused at it, as a
     * share of the output; NaN where too little was computed to tell}
     */
    double relative(Reused reused, int step) {
        int q = candidates.indexOf(reused);
        return rates[q] * moved / (ofOutput(q, step) * sums.mean(SIZE));
    }
}
