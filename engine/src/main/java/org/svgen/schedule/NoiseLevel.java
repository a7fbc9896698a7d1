package org.svgen.schedule;

/**
 * What a sample consists of before a step: {@code signal * clean + noise * normal}.
 *
 * @param signal factor of the clean sample
 * @param noise factor of the noise
 */
public record NoiseLevel(double signal, double noise) {
    /** Behind the last step. */
    static final NoiseLevel CLEAN = new NoiseLevel(1, 0);

    /** {@return the natural logarithm of the ratio of signal to noise, in power} */
    public double logSnr() {
        return 2 * (Math.log(signal) - Math.log(noise));
    }
}
