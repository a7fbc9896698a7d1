package org.svgen.schedule;

import java.util.Optional;
import java.util.OptionalDouble;
import org.svgen.checkpoint.Config;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops;

/**
 * Euler's method along the straight lines of flow matching (diffusers: {@code
 * FlowMatchEulerDiscreteScheduler}).
 *
 * @param sigmas the shares of noise that a run goes through
 * @param stochastic whether each step goes to the clean sample, and back by fresh noise
 */
record FlowMatchEuler(Shares sigmas, boolean stochastic) implements Scheduler {

    static FlowMatchEuler load(Config config, Optional<GivenSigmas> given) {
        return new FlowMatchEuler(
                FlowSigmas.load(config, given), config.flag("stochastic_sampling", false));
    }

    /** Diffusers' {@code FlowMatchLCMScheduler}. */
    static FlowMatchEuler withFreshNoise(Config config, Optional<GivenSigmas> given) {
        return new FlowMatchEuler(FlowSigmas.load(config, given), true);
    }

    @Override
    public int trainTimesteps() {
        return sigmas.trainTimesteps();
    }

    @Override
    public double[] timesteps(int steps) {
        return sigmas.timesteps(steps);
    }

    @Override
    public boolean shifts() {
        return true;
    }

    @Override
    public OptionalDouble shift() {
        return sigmas.factor();
    }

    @Override
    public Scheduler shifted(double shift) {
        return new FlowMatchEuler(sigmas.shifted(shift), stochastic);
    }

    /** The output is the way from the clean sample to the noise. */
    @Override
    public CleanSample cleanSample(int steps, int index) {
        float[] shares = sigmas.of(steps);
        return new CleanSample(1, shares[steps] - shares[index]);
    }

    @Override
    public NoiseLevel noise(int steps, int index) {
        float[] shares = sigmas.of(steps);
        double share = Math.abs(shares[steps] - shares[index]);
        return new NoiseLevel(1 - share, share);
    }

    @Override
    public Sampler begin(Workspace workspace, int steps, long elements) {
        float[] shares = sigmas.of(steps);
        Ops ops = workspace.ops();
        if (!stochastic) {
            return (index, output, sample, noise) ->
                    ops.axpby(1, sample, shares[index + 1] - shares[index], output, sample);
        }
        Tensor fresh = workspace.allocate(DType.F32, elements);
        return (index, output, sample, noise) -> {
            float next = shares[index + 1];
            noise.draw(fresh);
            ops.axpby(1 - next, sample, -(1 - next) * shares[index], output, sample);
            ops.axpby(1, sample, next, fresh, sample);
        };
    }
}
