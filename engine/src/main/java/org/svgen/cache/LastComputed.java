package org.svgen.cache;

import java.util.function.IntFunction;
import org.svgen.schedule.CleanSample;
import org.svgen.state.State;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops;

/** What the network saw and gave at the last step that it computed. */
final class LastComputed {
    private final Workspace workspace;
    private final IntFunction<CleanSample> clean;
    private final Tensor sample; // F32, one element
    private final Tensor outputs; // F32, an element for each branch
    private int step = -1;

    /**
     * @param clean of each step of the run
     * @param sample of which {@code outputs} has an element for each branch
     */
    LastComputed(
            Workspace workspace, IntFunction<CleanSample> clean, Tensor sample, Tensor outputs) {
        this.workspace = workspace;
        this.clean = clean;
        this.sample = workspace.allocate(DType.F32, sample.shape().dims());
        this.outputs = workspace.allocate(DType.F32, outputs.shape().dims());
    }

    boolean exists() {
        return step >= 0;
    }

    void keep(int newStep, Tensor newSample, Tensor newOutputs) {
        workspace.ops().convert(newSample, sample);
        workspace.ops().convert(newOutputs, outputs);
        step = newStep;
    }

    void state(State state) {
        step = (int) state.whole("step", step);
        if (exists()) {
            state.tensor("sample", sample);
            state.tensor("outputs", outputs);
        }
    }

    Tensor sample() {
        return sample;
    }

    /** Of the branch with the prompt. */
    Tensor output() {
        return prompted(outputs);
    }

    static Tensor prompted(Tensor outputs) {
        return outputs.rows(outputs.size(0) - 1L, outputs.size(0));
    }

    CleanSample factors(Reused reused, int at) {
        return reused.factors(clean.apply(at));
    }

    /** Writes the quantity of {@code at} in the branch with the prompt. */
    void quantity(Reused reused, int at, Tensor x, Tensor v, Tensor out) {
        CleanSample f = factors(reused, at);
        workspace.ops().axpby((float) f.ofSample(), x, (float) f.ofOutput(), v, out);
    }

    /** Writes the quantity of the last computed step. */
    void quantity(Reused reused, Tensor out) {
        quantity(reused, step, sample, output(), out);
    }

    /** Writes the outputs that {@code x} has at step {@code now} if the quantity is as it was. */
    void give(Reused reused, int now, Tensor x, Tensor out) {
        CleanSample then = factors(reused, step);
        CleanSample here = factors(reused, now);
        double b = here.ofOutput();
        Ops ops = workspace.ops();
        for (int branch = 0; branch < out.size(0); branch++) {
            Tensor to = out.rows(branch, branch + 1L);
            Tensor v = outputs.rows(branch, branch + 1L);
            ops.axpby((float) (then.ofOutput() / b), v, (float) (then.ofSample() / b), sample, to);
            ops.axpby(1, to, (float) (-here.ofSample() / b), x, to);
        }
    }
}
