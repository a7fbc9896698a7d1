package org.svgen.lab.metrics;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.svgen.tensor.Tensor;

/** How far apart the features of two frames are, each pixel's scaled to length 1. */
final class FeatureDistance {
    private static final double EPSILON = 1e-10;

    private FeatureDistance() {}

    /**
     * The mean over pixels of the weighted squared distance.
     *
     * @param features host F32 [2, height, width, channels]
     * @param linear how much each channel counts
     */
    static double of(Tensor features, float[] linear) {
        MemorySegment all = features.host();
        int lines = features.size(1);
        int pixels = features.size(2);
        int channels = features.size(3);
        double[] sums = new double[lines];
        IntStream.range(0, lines)
                .parallel()
                .forEach(y -> {
                    float[] a = line(all, y, pixels * channels);
                    float[] b = line(all, lines + y, pixels * channels);
                    for (int x = 0; x < pixels; x++) {
                        sums[y] += ofPixel(a, b, x * channels, linear);
                    }
                });
        return Arrays.stream(sums).sum() / ((double) lines * pixels);
    }

    private static double ofPixel(float[] a, float[] b, int from, float[] linear) {
        double lengthA = 0;
        double lengthB = 0;
        for (int c = 0; c < linear.length; c++) {
            lengthA += (double) a[from + c] * a[from + c];
            lengthB += (double) b[from + c] * b[from + c];
        }
        double divisorA = Math.sqrt(lengthA) + EPSILON;
        double divisorB = Math.sqrt(lengthB) + EPSILON;
        double sum = 0;
        for (int c = 0; c < linear.length; c++) {
            double d = a[from + c] / divisorA - b[from + c] / divisorB;
            sum += linear[c] * d * d;
        }
        return sum;
    }

    /** Line {@code line} of {@code length} floats. */
    static float[] line(MemorySegment from, int line, int length) {
        float[] out = new float[length];
        MemorySegment.copy(from, JAVA_FLOAT, 4L * line * length, out, 0, length);
        return out;
    }
}
