package org.svgen.lab.metrics;

import java.util.Arrays;

/**
 * Weighted means around each pixel, over 11 x 11 pixels.
 *
 * @param weights of a line of the window
 * @param mirrored beyond an edge the picture is mirrored, without the edge itself; else it is 0
 */
record Window(double[] weights, boolean mirrored) {
    static final int SIZE = 11;

    /** Pixels to each side. */
    static final int REACH = SIZE / 2;

    /** Flat, with zeros around the picture. */
    static Window box() {
        double[] weights = new double[SIZE];
        Arrays.fill(weights, 1.0 / SIZE);
        return new Window(weights, false);
    }

    /** Gaussian of standard deviation 1.5, with the picture mirrored at its edges. */
    static Window gaussian() {
        double[] weights = new double[SIZE];
        for (int i = 0; i < SIZE; i++) {
            double distance = (i - REACH) / 1.5;
            weights[i] = Math.exp(-0.5 * distance * distance);
        }
        double sum = Arrays.stream(weights).sum();
        return new Window(Arrays.stream(weights).map(w -> w / sum).toArray(), true);
    }

    double[] blur(double[] plane, int height, int width) {
        double[] rows = new double[plane.length];
        int[] columns = sources(width);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double sum = 0;
                for (int k = 0; k < SIZE; k++) {
                    int from = columns[x + k];
                    sum += from < 0 ? 0 : weights[k] * plane[y * width + from];
                }
                rows[y * width + x] = sum;
            }
        }
        double[] out = new double[plane.length];
        int[] lines = sources(height);
        for (int y = 0; y < height; y++) {
            for (int k = 0; k < SIZE; k++) {
                int from = lines[y + k];
                for (int x = 0; from >= 0 && x < width; x++) {
                    out[y * width + x] += weights[k] * rows[from * width + x];
                }
            }
        }
        return out;
    }

    /** Where place {@code i - REACH} of a line of {@code n} is read; -1 for a zero. */
    private int[] sources(int n) {
        int[] out = new int[n + 2 * REACH];
        for (int i = 0; i < out.length; i++) {
            int at = i - REACH;
            if (mirrored) {
                out[i] = at < 0 ? -at : at >= n ? 2 * (n - 1) - at : at;
            } else {
                out[i] = at < 0 || at >= n ? -1 : at;
            }
        }
        return out;
    }
}
