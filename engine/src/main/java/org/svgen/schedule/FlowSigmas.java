package org.svgen.schedule;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;
import org.svgen.checkpoint.Config;
import org.svgen.tensor.BadInputException;

/**
 * The shares of noise that a run of {@link FlowMatchEuler} goes through, from 1 to 0.
 *
 * @param trainTimesteps of training
 * @param given what the pipeline gives; none for evenly from the most to the least noise of
 *     training, both shifted, and shifted again, as diffusers does it
 * @param shift moves them
 * @param curve bends them
 * @param inverted whether a run goes from 0 to 1 instead
 */
record FlowSigmas(
        int trainTimesteps,
        Optional<GivenSigmas> given,
        FlowShift shift,
        SigmaCurve curve,
        boolean inverted)
        implements Shares {

    static FlowSigmas load(Config config, Optional<GivenSigmas> given) {
        return new FlowSigmas(
                config.intIn("num_train_timesteps", 1, NoiseLevels.MAX_TIMESTEPS, 1000),
                given,
                FlowShift.load(config, "shift"),
                SigmaCurve.load(config, SigmaCurve.KARRAS, SigmaCurve.EXPONENTIAL, SigmaCurve.BETA),
                config.flag("invert_sigmas", false));
    }

    @Override
    public FlowSigmas shifted(double factor) {
        return new FlowSigmas(trainTimesteps, given, shift.with(factor), curve, inverted);
    }

    @Override
    public double[] timesteps(int steps) {
        float[] sigmas = of(steps);
        double[] timesteps = new double[steps];
        Arrays.setAll(timesteps, i -> sigmas[i] * trainTimesteps);
        return timesteps;
    }

    @Override
    public float[] of(int steps) {
        if (steps < 1 || steps > trainTimesteps) {
            throw new BadInputException(
                    "steps: expected 1 to %d, found %d".formatted(trainTimesteps, steps));
        }
        double[] shares = curve.over(given.isPresent() ? given(steps) : even(steps));
        float[] sigmas = new float[steps + 1];
        for (int i = 0; i < steps; i++) {
            float share = (float) shares[i];
            sigmas[i] = inverted ? 1 - share : share;
        }
        sigmas[steps] = inverted ? 1 : 0;
        return sigmas;
    }

    @Override
    public OptionalDouble factor() {
        return shift.factor();
    }

    private double[] given(int steps) {
        double[] shares = given.orElseThrow().of(steps);
        Arrays.setAll(shares, i -> Rounding.SINGLE.of(shares[i]));
        return shift.ofRun(shares, Rounding.SINGLE);
    }

    private double[] even(int steps) {
        double[] ends = shift.ofTraining(1, 1f / trainTimesteps);
        double from = ends[0] * trainTimesteps;
        double to = ends[1] * trainTimesteps;
        double step = (to - from) / (steps - 1);
        double[] shares = new double[steps];
        for (int i = 0; i < steps; i++) {
            double timestep = i == 0 ? from : i == steps - 1 ? to : i * step + from;
            shares[i] = timestep / trainTimesteps;
        }
        return shift.ofRun(shares, Rounding.NONE);
    }
}
