package org.svgen.schedule;

import java.util.List;
import java.util.stream.IntStream;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops;

/** The stochastic second-order solver DPM-Solver++ (arXiv 2211.01095) as CogVideoX takes it. */
record CogVideoXDpm(CogVideoXDiffusion diffusion) implements Scheduler {
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
        return new Run(
                workspace.ops(),
                diffusion.timesteps(steps),
                trainTimesteps() / steps,
                workspace.allocate(DType.F32, elements),
                workspace.allocate(DType.F32, elements),
                workspace.allocate(DType.F32, elements));
    }

    private double logSnrHalf(int timestep) {
        double alpha = diffusion.alpha(timestep);
        return Math.log(Math.sqrt(alpha / (1 - alpha)));
    }

    private final class Run implements Sampler {
        private final Ops ops;
        private final int[] timesteps;
        private final int stride;
        private final Tensor fresh;
        private Tensor clean;
        private Tensor cleanBefore;

        Run(Ops ops, int[] timesteps, int stride, Tensor clean, Tensor before, Tensor fresh) {
            this.ops = ops;
            this.timesteps = timesteps;
            this.stride = stride;
            this.clean = clean;
            this.cleanBefore = before;
            this.fresh = fresh;
        }

        @Override
        public void step(int index, Tensor output, Tensor sample, Noise noise) {
            int t = timesteps[index];
            CleanSample predicted = diffusion.cleanSample(t);
            ops.axpby(
                    (float) predicted.ofSample(),
                    sample,
                    (float) predicted.ofOutput(),
                    output,
                    clean);

            double alpha = diffusion.alpha(t);
            double next = diffusion.alpha(t - stride);
            double h = logSnrHalf(t - stride) - logSnrHalf(t); // infinite where one end is pure
            double keep = Math.sqrt((1 - next) / (1 - alpha)) * Math.exp(-h);
            double toward = -Math.expm1(-2 * h) * Math.sqrt(next);
            double stir = Math.sqrt(1 - next) * Math.sqrt(-Math.expm1(-2 * h));
            noise.draw(fresh);
            if (index == 0 || t < stride) {
                ops.axpby((float) keep, sample, (float) toward, clean, sample);
            } else {
                // Diffusers draws for the first-order step, then again for the one it takes.
                noise.draw(fresh);
                double hBefore = logSnrHalf(t) - logSnrHalf(timesteps[index - 1]);
                double curve = h / (2 * hBefore); // 0 after a step from pure noise
                ops.axpby((float) keep, sample, (float) (toward * (1 + curve)), clean, sample);
                ops.axpby(1, sample, (float) (-toward * curve), cleanBefore, sample);
            }
            ops.axpby(1, sample, (float) stir, fresh, sample);
            Tensor swap = cleanBefore;
            cleanBefore = clean;
            clean = swap;
        }

        @Override
        public List<Tensor> memory() {
            return List.of(cleanBefore);
        }
    }
}
