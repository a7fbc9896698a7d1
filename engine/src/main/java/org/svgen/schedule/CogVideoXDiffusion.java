package org.svgen.schedule;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;
import org.svgen.checkpoint.Config;
import org.svgen.tensor.BadInputException;

/**
 * The diffusion process that CogVideoX models were trained on: {@code x_t = sqrt(a_t) x_0 + sqrt(1
 * - a_t) noise}.
 *
 * @param alphas {@code a_t} by training timestep, falling
 * @param finalAlpha stands for the timestep before the first
 */
record CogVideoXDiffusion(
        double[] alphas,
        double finalAlpha,
        Prediction prediction,
        TimestepSpacing spacing,
        int offset) {

    /** What the model's output means. */
    enum Prediction {
        /** The noise. */
        EPSILON,
        /** The clean sample. */
        SAMPLE,
        /** {@code sqrt(a) noise - sqrt(1 - a) x_0} (Salimans and Ho, 2022). */
        V_PREDICTION
    }

    static CogVideoXDiffusion load(Config config) {
        double[] alphas = NoiseLevels.alphas(config);
        return new CogVideoXDiffusion(
                alphas,
                config.flag("set_alpha_to_one", true) ? 1 : alphas[0],
                choice(config, "prediction_type", Prediction.EPSILON),
                choice(config, "timestep_spacing", TimestepSpacing.LEADING),
                config.intIn("steps_offset", 0, alphas.length - 1, 0));
    }

    int trainTimesteps() {
        return alphas.length;
    }

    int[] timesteps(int steps) {
        int train = alphas.length;
        if (steps < 1 || steps > train) {
            throw new BadInputException(
                    "steps: expected 1 to %d, found %d".formatted(train, steps));
        }
        int[] timesteps = spacing.timesteps(train, steps);
        if (spacing == TimestepSpacing.LEADING) {
            Arrays.setAll(timesteps, i -> timesteps[i] + offset);
            if (timesteps[0] >= train) {
                throw new BadInputException(
                        "steps: %d steps from steps_offset %d would begin at timestep %d of %d"
                                .formatted(steps, offset, timesteps[0], train));
            }
        }
        return timesteps;
    }

    /** {@code a_t}, for negative {@code timestep} the final one. */
    double alpha(int timestep) {
        return timestep < 0 ? finalAlpha : alphas[timestep];
    }

    NoiseLevel noise(int timestep) {
        double alpha = alpha(timestep);
        return new NoiseLevel(Math.sqrt(alpha), Math.sqrt(1 - alpha));
    }

    CleanSample cleanSample(int timestep) {
        double signal = Math.sqrt(alpha(timestep));
        double noise = Math.sqrt(1 - alpha(timestep));
        return switch (prediction) {
            case EPSILON -> new CleanSample(1 / signal, -noise / signal);
            case SAMPLE -> new CleanSample(0, 1);
            case V_PREDICTION -> new CleanSample(signal, -noise);
        };
    }

    private static <E extends Enum<E>> E choice(Config config, String key, E absent) {
        if (!config.has(key)) {
            return absent;
        }
        E[] known = absent.getDeclaringClass().getEnumConstants();
        for (E value : known) {
            if (name(value).equals(config.text(key))) {
                return value;
            }
        }
        throw config.wrong(
                key, "one of " + Stream.of(known).map(CogVideoXDiffusion::name).toList());
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
