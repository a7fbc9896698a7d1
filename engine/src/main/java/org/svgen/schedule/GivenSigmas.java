package org.svgen.schedule;

import java.util.List;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Field;

/**
 * Shares of noise that a model's pipeline hands to its scheduler, in place of those that the
 * scheduler would choose (diffusers: {@code set_timesteps(sigmas=...)}). The scheduler still shifts
 * them.
 */
@FunctionalInterface
public interface GivenSigmas {
    /** What errors name where a list of times is wrong. */
    Field TIMESTEPS = new Field("timesteps");

    /**
     * {@return the share of noise before each step}
     *
     * @param steps number of steps of the run
     */
    double[] of(int steps);

    /** {@return from 1 on, evenly, so that the last step ends at 0} */
    static GivenSigmas even() {
        return steps -> {
            double[] sigmas = new double[steps];
            for (int i = 0; i < steps; i++) {
                sigmas[i] = 1 + i * (-1.0 / steps);
            }
            return sigmas;
        };
    }

    /**
     * {@return a list for runs of as many steps}
     *
     * @param times of training, as {@code trainTimesteps} stands for pure noise
     * @param trainTimesteps of training
     */
    static GivenSigmas of(List<Double> times, int trainTimesteps) {
        List<Double> kept = List.copyOf(times);
        return steps -> {
            requireTimes(kept, steps, trainTimesteps);
            return kept.stream().mapToDouble(time -> time / trainTimesteps).toArray();
        };
    }

    /**
     * Ends where a list cannot be a run's.
     *
     * @param times the list, falling
     * @param steps number of steps of the run
     * @param trainTimesteps of training
     * @throws BadInputException naming what was expected and what was found
     */
    static void requireTimes(List<Double> times, int steps, int trainTimesteps) {
        if (times.size() != steps) {
            throw BadInputException.of(
                    TIMESTEPS, "as many as there are steps, %d".formatted(steps), times.size());
        }
        if (times.getFirst() > trainTimesteps) {
            throw BadInputException.of(
                    TIMESTEPS,
                    "at most %d, where training began".formatted(trainTimesteps),
                    times.getFirst());
        }
    }
}
