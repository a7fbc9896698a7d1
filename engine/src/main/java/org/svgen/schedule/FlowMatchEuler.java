package org.svgen.schedule;

import java.util.stream.IntStream;
import org.svgen.checkpoint.Config;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops;

/**
 * Euler's method along the straight lines of flow matching (diffusers: {@code
 * FlowMatchEulerDiscreteScheduler}). The share of noise falls from 1 to 0 evenly, then is shifted:
 * {@code s' = shift s / (1 + (shift - 1) s)}, so that more steps are taken where there is more
 * noise. This is the grid that HunyuanVideo's pipeline hands to the scheduler.
 */
record FlowMatchEuler(int trainTimesteps, float shift) implements Scheduler {

    static FlowMatchEuler load(Config config) {
        for (String option :
                new String[] {
                    "use_dynamic_shifting",
                    "use_karras_sigmas",
                    "use_exponential_sigmas",
                    "use_beta_sigmas",
                    "invert_sigmas",
                    "stochastic_sampling"
                }) {
            if (config.flag(option, false)) {
                throw config.wrong(option, "false");
            }
        }
        if (config.has("shift_terminal") && config.number("shift_terminal") != 0) {
            throw config.wrong("shift_terminal", "null");
        }
        return new FlowMatchEuler(
                config.intIn("num_train_timesteps", 1, NoiseLevels.MAX_TIMESTEPS, 1000),
                (float) config.scale("shift", 1));
    }

    /** The share of noise before each step and after the last, in diffusers' single precision. */
    float[] sigmas(int steps) {
        if (steps < 1 || steps > trainTimesteps) {
            throw new BadInputException(
                    "steps: expected 1 to %d, found %d".formatted(trainTimesteps, steps));
        }
        float[] sigmas = new float[steps + 1];
        for (int i = 0; i < steps; i++) {
            float even = (float) (1 + i * (-1.0 / steps));
            sigmas[i] = shift * even / (1 + (shift - 1) * even);
        }
        return sigmas;
    }

    @Override
    public double[] timesteps(int steps) {
        float[] sigmas = sigmas(steps);
        return IntStream.range(0, steps).mapToDouble(i -> sigmas[i] * trainTimesteps).toArray();
    }

    /** The output is the way from the clean sample to the noise. */
    @Override
    public CleanSample cleanSample(int steps, int index) {
        return new CleanSample(1, -sigmas(steps)[index]);
    }

    @Override
    public Sampler begin(Workspace workspace, int steps, long elements) {
        float[] sigmas = sigmas(steps);
        Ops ops = workspace.ops();
        return (index, output, sample, noise) ->
                ops.axpby(1, sample, sigmas[index + 1] - sigmas[index], output, sample);
    }
}
