package org.svgen.schedule;

import java.util.List;
import java.util.Objects;
import org.svgen.checkpoint.Config;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops;

/**
 * Euler's method for models whose input, output and time are scaled by the noise in a sample
 * (diffusers: {@code EDMEulerScheduler}; arXiv 2206.00364, table 1). A sample is the clean one and
 * {@code sigma} times noise.
 *
 * @param trainTimesteps the most steps
 * @param curve from most noise to least
 * @param most noise, before the first step
 * @param least noise, before the last step
 * @param rho the root in which noise falls evenly, where the curve is Karras'
 * @param data the standard deviation of clean samples
 * @param velocity whether the output's sign is that of a velocity
 * @param clean whether the last step leaves no noise at all; else it leaves the sample as it is
 */
public record EdmEuler(
        int trainTimesteps,
        Curve curve,
        double most,
        double least,
        double rho,
        double data,
        boolean velocity,
        boolean clean)
        implements Scheduler {
    /** What such a scheduler calls itself. */
    public static final String CLASS = "EDMEulerScheduler";

    private static final double MAX_SIGMA = 1e6;
    private static final double TIME = 0.25;

    /** How noise falls. */
    enum Curve {
        /** Evenly in the root {@link EdmEuler#rho}. */
        KARRAS,
        /** Evenly in the logarithm. */
        EXPONENTIAL
    }

    /**
     * {@return the scheduler that {@code config} describes}
     *
     * @param config a scheduler_config.json
     * @throws org.svgen.tensor.BadInputException if its class is another or a value cannot be used
     */
    public static EdmEuler load(Config config) {
        config.requireClass(List.of(CLASS));
        double most = config.numberIn("sigma_max", 1 / MAX_SIGMA, MAX_SIGMA, 80);
        double least = config.numberIn("sigma_min", 1 / MAX_SIGMA, MAX_SIGMA, 0.002);
        if (least >= most) {
            throw config.wrong("sigma_min", "less than sigma_max, " + most);
        }
        return new EdmEuler(
                config.intIn("num_train_timesteps", 1, NoiseLevels.MAX_TIMESTEPS, 1000),
                either(config, "sigma_schedule", "karras", "exponential")
                        ? Curve.KARRAS
                        : Curve.EXPONENTIAL,
                most,
                least,
                config.numberIn("rho", 1, 100, 7),
                config.numberIn("sigma_data", 1 / MAX_SIGMA, MAX_SIGMA, 0.5),
                !either(config, "prediction_type", "epsilon", "v_prediction"),
                either(config, "final_sigmas_type", "zero", "sigma_min"));
    }

    /** Whether {@code key} is the first, which it is if it is not there. */
    private static boolean either(Config config, String key, String first, String second) {
        String found = config.text(key, first);
        if (!found.equals(first) && !found.equals(second)) {
            throw config.wrong(key, "\"%s\" or \"%s\"".formatted(first, second));
        }
        return found.equals(first);
    }

    /** Checks that there is a curve. */
    public EdmEuler {
        Objects.requireNonNull(curve, "curve");
    }

    /** The noise before each step and behind the last. */
    private float[] sigmas(int steps) {
        float[] sigmas = new float[steps + 1];
        for (int i = 0; i < steps; i++) {
            sigmas[i] = (float) sigma(steps == 1 ? 0 : (double) i / (steps - 1));
        }
        sigmas[steps] = clean ? 0 : sigmas[steps - 1];
        return sigmas;
    }

    private double sigma(double share) {
        return switch (curve) {
            case KARRAS -> {
                double from = Math.pow(most, 1 / rho);
                double to = Math.pow(least, 1 / rho);
                yield Math.pow(from + share * (to - from), rho);
            }
            case EXPONENTIAL ->
                    Math.exp(Math.log(most) + share * (Math.log(least) - Math.log(most)));
        };
    }

    /** A quarter of the logarithm of the noise. */
    @Override
    public double[] timesteps(int steps) {
        float[] sigmas = sigmas(steps);
        double[] times = new double[steps];
        for (int i = 0; i < steps; i++) {
            times[i] = (float) (TIME * Math.log(sigmas[i]));
        }
        return times;
    }

    /**
     * {@return what the model's input is the sample times}
     *
     * @param timestep one of {@link #timesteps}
     */
    public double inputScale(double timestep) {
        double sigma = Math.exp(timestep / TIME);
        return 1 / Math.sqrt(sigma * sigma + data * data);
    }

    @Override
    public float initialNoise() {
        return (float) most;
    }

    @Override
    public CleanSample cleanSample(int steps, int index) {
        double sigma = sigmas(steps)[index];
        double all = sigma * sigma + data * data;
        double ofOutput = sigma * data / Math.sqrt(all);
        return new CleanSample(data * data / all, velocity ? -ofOutput : ofOutput);
    }

    @Override
    public NoiseLevel noise(int steps, int index) {
        return new NoiseLevel(1, sigmas(steps)[index]);
    }

    @Override
    public Sampler begin(Workspace workspace, int steps, long elements) {
        float[] sigmas = sigmas(steps);
        Ops ops = workspace.ops();
        return (index, output, sample, noise) -> {
            CleanSample clean = cleanSample(steps, index);
            double way = ((double) sigmas[index + 1] - sigmas[index]) / sigmas[index];
            ops.axpby(
                    (float) (1 + way * (1 - clean.ofSample())),
                    sample,
                    (float) (-way * clean.ofOutput()),
                    output,
                    sample);
        };
    }
}
