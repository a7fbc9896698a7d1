package org.svgen.schedule;

import java.util.Optional;
import org.svgen.checkpoint.Config;
import org.svgen.tensor.BadInputException;

/**
 * The shares of noise that a run of {@link UniPc} goes through.
 *
 * @param trainTimesteps of training
 * @param start the shares before they are shifted
 * @param shift moves them
 * @param range the most and the least noise to signal of training, between which Karras' curve runs
 *     in place of all that; none for no curve
 */
record UniPcSigmas(
        int trainTimesteps, GivenSigmas start, FlowShift shift, Optional<NoiseRange> range) {
    /** A share of 1 leaves no signal, whose logarithm the solver takes. */
    private static final double SIGNAL = 1e-6;

    /** The most and the least noise to signal. */
    record NoiseRange(double most, double least) {}

    static UniPcSigmas load(Config config, Optional<GivenSigmas> given) {
        int train = config.intIn("num_train_timesteps", 1, NoiseLevels.MAX_TIMESTEPS, 1000);
        SigmaCurve curve = SigmaCurve.load(config, SigmaCurve.KARRAS);
        return new UniPcSigmas(
                train,
                given.orElse(steps -> even(train, steps)),
                FlowShift.load(config, "flow_shift"),
                curve == SigmaCurve.KARRAS ? Optional.of(range(config)) : Optional.empty());
    }

    /** Numpy's {@code linspace(1, 1 / train, steps + 1)} but the last. */
    private static double[] even(int train, int steps) {
        double step = (1.0 / train - 1) / steps;
        double[] sigmas = new double[steps];
        for (int i = 0; i < steps; i++) {
            sigmas[i] = i * step + 1;
        }
        return sigmas;
    }

    private static NoiseRange range(Config config) {
        double[] alphas = NoiseLevels.plainAlphas(config);
        return new NoiseRange(
                config.scale("sigma_max", noiseToSignal(alphas[alphas.length - 1])),
                config.scale("sigma_min", noiseToSignal(alphas[0])));
    }

    private static float noiseToSignal(double alpha) {
        float signal = (float) alpha;
        return (float) Math.sqrt((1 - signal) / signal);
    }

    UniPcSigmas shifted(double factor) {
        return new UniPcSigmas(trainTimesteps, start, shift.with(factor), range);
    }

    /** What the model is told: whole numbers, as diffusers cuts them. */
    double[] timesteps(int steps) {
        double[] timesteps = before(steps);
        for (int i = 0; i < steps; i++) {
            timesteps[i] = Math.floor(timesteps[i] * trainTimesteps);
        }
        return timesteps;
    }

    /** The share of noise before each step and after the last. */
    float[] of(int steps) {
        double[] before = before(steps);
        float[] sigmas = new float[steps + 1];
        for (int i = 0; i < steps; i++) {
            sigmas[i] = (float) before[i];
        }
        return sigmas;
    }

    private double[] before(int steps) {
        if (steps < 1 || steps > trainTimesteps) {
            throw new BadInputException(
                    "steps: expected 1 to %d, found %d".formatted(trainTimesteps, steps));
        }
        if (range.isPresent()) {
            NoiseRange r = range.get();
            double[] ratios = SigmaCurve.KARRAS.between(r.most(), r.least(), steps);
            for (int i = 0; i < steps; i++) {
                ratios[i] /= ratios[i] + 1;
            }
            return ratios;
        }
        double[] sigmas = shift.ofRun(start.of(steps), Rounding.NONE);
        if (Math.abs(sigmas[0] - 1) < SIGNAL) {
            sigmas[0] -= SIGNAL;
        }
        return sigmas;
    }
}
