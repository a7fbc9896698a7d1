package org.svgen.schedule;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.svgen.checkpoint.Config;
import org.svgen.tensor.BadInputException;

/**
 * Computes the share of signal left at each timestep of training from a scheduler's configuration,
 * in the precision that diffusers uses for the kind of schedule: near the clean end a rounding of
 * {@code a} is a visible change of {@code 1 - a}.
 */
final class NoiseLevels {
    private static final double ROUNDING = 1e-6;
    static final int MAX_TIMESTEPS = 1_000_000;

    private static final Absent COGVIDEOX = new Absent("scaled_linear", 0.00085, 0.012);
    private static final Absent UNIPC = new Absent("linear", 0.0001, 0.02);

    private final Config config;
    private final Absent absent;
    private final DoubleUnaryOperator round;
    private final double[] betas;

    /** What holds where a configuration says nothing. */
    private record Absent(String schedule, double start, double end) {}

    private NoiseLevels(Config config, Absent absent) {
        this.config = config;
        this.absent = absent;
        String schedule = config.text("beta_schedule", absent.schedule);
        boolean trained = config.has("trained_betas");
        boolean scaled = schedule.equals("scaled_linear");
        if (!trained && !scaled && !schedule.equals("linear")) {
            throw config.wrong("beta_schedule", "\"linear\" or \"scaled_linear\"");
        }
        round = scaled && !trained ? x -> x : x -> (float) x;
        betas = trained ? trained() : scaled ? scaled() : linear();
    }

    /**
     * {@code a_t = prod (1 - beta)} by timestep, shifted and rescaled as the configuration asks.
     */
    static double[] alphas(Config config) {
        NoiseLevels levels = new NoiseLevels(config, COGVIDEOX);
        double[] alphas = levels.products();
        levels.shift(alphas);
        if (config.flag("rescale_betas_zero_snr", false)) {
            levels.endInPureNoise(alphas);
        }
        levels.require(alphas);
        return alphas;
    }

    /** {@code a_t} by timestep, for schedulers that neither shift nor rescale. */
    static double[] plainAlphas(Config config) {
        NoiseLevels levels = new NoiseLevels(config, UNIPC);
        double[] alphas = levels.products();
        levels.require(alphas);
        return alphas;
    }

    private double[] trained() {
        List<Double> values = config.numbersIn("trained_betas", 0, 1);
        if (values.isEmpty() || values.size() > MAX_TIMESTEPS) {
            throw config.wrong("trained_betas", "1 to %d numbers".formatted(MAX_TIMESTEPS));
        }
        return values.stream().mapToDouble(v -> round(v)).toArray();
    }

    private double[] linear() {
        return evenly(
                config.numberIn("beta_start", 0, 1, absent.start),
                config.numberIn("beta_end", 0, 1, absent.end));
    }

    private double[] scaled() {
        double[] roots =
                evenly(
                        Math.sqrt(config.numberIn("beta_start", 0, 1, absent.start)),
                        Math.sqrt(config.numberIn("beta_end", 0, 1, absent.end)));
        for (int i = 0; i < roots.length; i++) {
            roots[i] *= roots[i];
        }
        return roots;
    }

    /** Torch's linspace: counts from the nearer end. */
    private double[] evenly(double from, double to) {
        double[] out = new double[config.intIn("num_train_timesteps", 1, MAX_TIMESTEPS, 1000)];
        double first = round(from);
        double last = round(to);
        int intervals = out.length - 1;
        double step = intervals == 0 ? 0 : round(round(last - first) / intervals);
        for (int i = 0; i < out.length; i++) {
            out[i] =
                    i < out.length / 2 || intervals == 0
                            ? round(first + round(step * i))
                            : round(last - round(step * (intervals - i)));
        }
        return out;
    }

    private double[] products() {
        double[] alphas = new double[betas.length];
        double product = 1;
        for (int i = 0; i < alphas.length; i++) {
            product *= round(1 - betas[i]);
            alphas[i] = round(product);
        }
        return alphas;
    }

    /** Multiplies the noise to signal ratio by {@code snr_shift_scale}. */
    private void shift(double[] alphas) {
        double scale = config.scale("snr_shift_scale", 3);
        for (int i = 0; i < alphas.length; i++) {
            double denominator = round(scale + round((1 - scale) * alphas[i]));
            alphas[i] = round(alphas[i] / denominator);
        }
    }

    /** Moves and stretches the roots so that no signal is left at the end (arXiv 2305.08891). */
    private void endInPureNoise(double[] alphas) {
        double first = round(Math.sqrt(alphas[0]));
        double last = round(Math.sqrt(alphas[alphas.length - 1]));
        double stretch = round(first / round(first - last));
        for (int i = 0; i < alphas.length; i++) {
            double root = round(round(round(Math.sqrt(alphas[i])) - last) * stretch);
            alphas[i] = round(root * root);
        }
    }

    private void require(double[] alphas) {
        for (double alpha : alphas) {
            if (!(alpha >= 0 && alpha < 1 + ROUNDING)) {
                throw new BadInputException(
                        "%s: expected betas that leave a share of signal from 0 to 1, found a share of %s"
                                .formatted(config.file(), alpha));
            }
        }
    }

    private double round(double value) {
        return round.applyAsDouble(value);
    }
}
