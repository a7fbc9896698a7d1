package org.svgen.schedule;

import java.util.stream.IntStream;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops;

/** The deterministic DDIM step (arXiv 2010.02502, formula 12) as CogVideoX models take it. */
record CogVideoXDdim(CogVideoXDiffusion diffusion) implements Scheduler {
    @Override
    public int trainTimesteps() {
        return diffusion.trainTimesteps();
    }

    @Override
    public double[] timesteps(int steps) {
        return IntStream.of(diffusion.timesteps(steps)).asDoubleStream().toArray();
    }

    @Override
    public CleanSample cleanSample(int steps, int index) {
        return diffusion.cleanSample(diffusion.timesteps(steps)[index]);
    }

    @Override
    public NoiseLevel noise(int steps, int index) {
        return index == steps
                ? NoiseLevel.CLEAN
                : diffusion.noise(diffusion.timesteps(steps)[index]);
    }

    @Override
    public Sampler begin(Workspace workspace, int steps, long elements) {
        int[] timesteps = diffusion.timesteps(steps);
        int stride = trainTimesteps() / steps;
        Ops ops = workspace.ops();
        return (index, output, sample, noise) -> {
            int t = timesteps[index];
            double alpha = diffusion.alpha(t);
            double next = diffusion.alpha(t - stride);
            double keep = Math.sqrt((1 - next) / (1 - alpha));
            double toward = Math.sqrt(next) - Math.sqrt(alpha) * keep;
            CleanSample clean = diffusion.cleanSample(t);
            float a = (float) (keep + toward * clean.ofSample());
            float b = (float) (toward * clean.ofOutput());
            ops.axpby(a, sample, b, output, sample);
        };
    }
}
