package org.svgen.schedule;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.svgen.checkpoint.Config;
import org.svgen.tensor.device.Workspace;

/**
 * The multistep solver UniPC (arXiv 2302.04867) for models that predict a flow (diffusers: {@code
 * UniPCMultistepScheduler}). A step first corrects the sample that it was given, by what the model
 * says there; then it predicts the next sample from the clean samples of the last steps.
 *
 * @param sigmas the shares of noise that a run goes through
 * @param solver the paper's B(h)
 * @param order how many clean samples a step is made of, at most
 * @param uncorrected steps whose outcome the next one does not correct
 */
record UniPc(UniPcSigmas sigmas, UniPcSolver solver, int order, Set<Integer> uncorrected)
        implements Scheduler {
    private static final int MOST_ORDER = 3;

    static UniPc load(Config config, Optional<GivenSigmas> given) {
        requireFlow(config);
        int order = config.intIn("solver_order", 1, MOST_ORDER, 2);
        if (order > 1) {
            require(config, "lower_order_final", true, true); // else the last step is infinite
        }
        return new UniPc(
                UniPcSigmas.load(config, given),
                solver(config),
                order,
                config.has("disable_corrector")
                        ? Set.copyOf(config.integers("disable_corrector"))
                        : Set.of());
    }

    private static void requireFlow(Config config) {
        require(config, "prediction_type", "flow_prediction", "epsilon");
        require(config, "final_sigmas_type", "zero", "zero");
        require(config, "use_flow_sigmas", true, false);
        require(config, "predict_x0", true, true);
        require(config, "thresholding", false, false);
        require(config, "rescale_betas_zero_snr", false, false);
        if (config.has("solver_p")) {
            throw config.wrong("solver_p", "null");
        }
    }

    private static void require(Config config, String key, String value, String absent) {
        if (!config.text(key, absent).equals(value)) {
            throw config.wrong(key, '"' + value + '"');
        }
    }

    private static void require(Config config, String key, boolean value, boolean absent) {
        if (config.flag(key, absent) != value) {
            throw config.wrong(key, String.valueOf(value));
        }
    }

    private static UniPcSolver solver(Config config) {
        return switch (config.text("solver_type", "bh2")) {
            case "bh1" -> UniPcSolver.BH1;
            // Diffusers takes the names of other solvers for bh2.
            case "bh2", "midpoint", "heun", "logrho" -> UniPcSolver.BH2;
            default -> throw config.wrong("solver_type", "\"bh1\" or \"bh2\"");
        };
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
        return sigmas.shift().factor();
    }

    @Override
    public Scheduler shifted(double shift) {
        return new UniPc(sigmas.shifted(shift), solver, order, uncorrected);
    }

    /** The output is the way from the clean sample to the noise. */
    @Override
    public CleanSample cleanSample(int steps, int index) {
        return new CleanSample(1, -sigmas.of(steps)[index]);
    }

    @Override
    public NoiseLevel noise(int steps, int index) {
        double share = sigmas.of(steps)[index];
        return new NoiseLevel(1 - share, share);
    }

    @Override
    public Sampler begin(Workspace workspace, int steps, long elements) {
        return new UniPcRun(this, steps, workspace, elements);
    }

    /** How many clean samples step {@code index} is made of: fewer at both ends of the run. */
    int orderOf(int index, int steps) {
        return Math.min(order, Math.min(index + 1, steps - index));
    }

    /** Whether step {@code index} corrects the sample that it is given. */
    boolean corrects(int index) {
        return index > 0 && !uncorrected.contains(index - 1);
    }
}
