package org.svgen.vision;

import java.util.Arrays;

/**
 * What one place of a resized row takes of its source: neighbours from {@code first} on. The kernel
 * is widened when shrinking, as Pillow does.
 *
 * @param sum of the weights
 */
record Taps(int first, double[] weights, double sum) {
    /** Those of {@code to} places, of a row of {@code from} pixels. */
    static Taps[] of(Kernel kernel, int from, int to) {
        double scale = (double) from / to;
        double support = kernel.radius() * Math.max(1, scale);
        Taps[] all = new Taps[to];
        for (int x = 0; x < to; x++) {
            double centre = (x + 0.5) * scale;
            int first = Math.max(0, (int) Math.floor(centre - support + 0.5));
            int last = Math.min(from, (int) Math.floor(centre + support + 0.5));
            double[] weights = new double[last - first];
            for (int i = 0; i < weights.length; i++) {
                weights[i] = kernel.at((first + i - centre + 0.5) / Math.max(1, scale));
            }
            all[x] = new Taps(first, weights, Arrays.stream(weights).sum());
        }
        return all;
    }
}
