package org.svgen.schedule;

/**
 * Shares of noise that a model's pipeline hands to its scheduler, in place of those that the
 * scheduler would choose (diffusers: {@code set_timesteps(sigmas=...)}). The scheduler still shifts
 * them.
 */
@FunctionalInterface
public interface GivenSigmas {
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
}
