package org.svgen.schedule;

import java.util.ArrayList;
import java.util.List;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops;

/** One run of {@link UniPc}. Which tensor holds what follows from a step's index alone. */
final class UniPcRun implements Sampler {
    private final UniPc scheduler;
    private final int steps;
    private final float[] sigmas;
    private final Ops ops;
    private final Tensor corrected; // the sample before the last step
    private final List<Tensor> clean = new ArrayList<>(); // of the last steps, taking turns

    UniPcRun(UniPc scheduler, int steps, Workspace workspace, long elements) {
        this.scheduler = scheduler;
        this.steps = steps;
        this.sigmas = scheduler.sigmas().of(steps);
        this.ops = workspace.ops();
        this.corrected = workspace.allocate(DType.F32, elements);
        for (int i = 0; i <= scheduler.order(); i++) {
            clean.add(workspace.allocate(DType.F32, elements));
        }
    }

    @Override
    public void step(int index, Tensor output, Tensor sample, Noise noise) {
        ops.axpby(1, sample, -sigmas[index], output, clean(index));
        if (scheduler.corrects(index)) {
            // The order of the step that is corrected, and what was found at its end.
            int order = scheduler.orderOf(index - 1, steps);
            int[] others = before(index - 1, order - 1, order);
            others[order - 1] = index;
            combine(index - 1, others, corrected);
        } else {
            ops.axpby(1, sample, 0, sample, corrected);
        }
        int others = scheduler.orderOf(index, steps) - 1;
        combine(index, before(index, others, others), sample);
    }

    /** The {@code count} steps before {@code index}, the last one first. */
    private static int[] before(int index, int count, int room) {
        int[] steps = new int[room];
        for (int i = 0; i < count; i++) {
            steps[i] = index - 1 - i;
        }
        return steps;
    }

    /** Goes from {@link #corrected} over step {@code index}, by the clean samples of others too. */
    private void combine(int index, int[] others, Tensor out) {
        double[] at = new double[others.length];
        for (int i = 0; i < at.length; i++) {
            at[i] = sigmas[others[i]];
        }
        UniPcSolver.Weights weights =
                scheduler.solver().weights(sigmas[index], sigmas[index + 1], at);
        ops.axpby(
                (float) weights.ofSample(),
                corrected,
                (float) weights.ofClean(),
                clean(index),
                out);
        for (int i = 0; i < others.length; i++) {
            ops.axpby(1, out, (float) weights.ofOthers()[i], clean(others[i]), out);
        }
    }

    private Tensor clean(int index) {
        return clean.get(index % clean.size());
    }

    @Override
    public List<Tensor> memory() {
        List<Tensor> memory = new ArrayList<>(clean);
        memory.add(corrected);
        return memory;
    }
}
