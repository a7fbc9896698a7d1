package org.svgen.lab.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.util.Random;
import java.util.function.ToDoubleBiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.tensor.Tensor;

class MultiScaleSsimTest {
    private static final double[] EXPONENTS = {0.0448, 0.2856, 0.3001, 0.2363, 0.1333};

    @ParameterizedTest
    @CsvSource({"176, 192, 0.5", "161, 167, 0.5", "163, 170, 0.9"})
    void equalsThePublishedFormula(int height, int width, float noise) {
        try (Arena arena = Arena.ofConfined()) {
            Tensor a = Tensor.of(arena, picture(2, height, width, 0), 2, height, width, 3);
            Tensor b = Tensor.of(arena, picture(2, height, width, noise), 2, height, width, 3);
            double sum = 0;
            for (int frame = 0; frame < 2; frame++) {
                for (int c = 0; c < 3; c++) {
                    sum += slow(plane(a.get(frame), c), plane(b.get(frame), c));
                }
            }
            assertThat(sum / 6).isBetween(0.2, 0.99);
            assertThat(MultiScaleSsim.of(a, b)).isCloseTo(sum / 6, within(1e-9));
        }
    }

    @Test
    void equalVideosAreWhollySimilarAndNegativesAreNot() {
        try (Arena arena = Arena.ofConfined()) {
            float[] values = picture(1, 161, 161, 0);
            Tensor a = Tensor.of(arena, values, 1, 161, 161, 3);
            for (int i = 0; i < values.length; i++) {
                values[i] = 1 - values[i];
            }
            Tensor negative = Tensor.of(arena, values, 1, 161, 161, 3);
            assertThat(MultiScaleSsim.of(a, a)).isCloseTo(1, within(1e-12));
            assertThat(MultiScaleSsim.of(a, negative)).isZero();
        }
    }

    @Test
    void framesThatAreTooSmallForFiveScalesHaveNone() {
        try (Arena arena = Arena.ofConfined()) {
            Tensor a = Tensor.of(arena, picture(1, 160, 200, 0), 1, 160, 200, 3);
            assertThat(Measures.of(a, a).missing())
                    .containsEntry(Measure.MS_SSIM, Measures.TOO_SMALL);
            assertThatThrownBy(() -> MultiScaleSsim.of(a, a)).hasMessageContaining("too small");
        }
    }

    /** Waves of several lengths, and noise. */
    private static float[] picture(int frames, int height, int width, float noise) {
        Random random = new Random(7);
        float[] out = new float[frames * height * width * 3];
        for (int i = 0; i < out.length; i++) {
            int y = i / 3 / width;
            int x = i / 3 % width;
            double wave = Math.sin(x * 0.07 + i % 3) + Math.cos(y * 0.3) + Math.sin(x * y * 0.001);
            out[i] = (float) (0.5 + wave / 6 + noise * (random.nextDouble() - 0.5));
        }
        return out;
    }

    private static double[][] plane(Tensor frame, int c) {
        float[] values = frame.toFloats();
        int width = frame.size(1);
        double[][] out = new double[frame.size(0)][width];
        for (int i = c; i < values.length; i += 3) {
            out[i / 3 / width][i / 3 % width] = values[i];
        }
        return out;
    }

    /** The formula as it stands, pixel by pixel, with deviations from the window's mean. */
    private static double slow(double[][] a, double[][] b) {
        double product = 1;
        double[][] p = a;
        double[][] q = b;
        for (int scale = 0; scale < 5; scale++) {
            boolean last = scale == 4;
            double sum = 0;
            for (int y = 5; y < p.length - 5; y++) {
                for (int x = 5; x < p[0].length - 5; x++) {
                    sum += at(p, q, y, x, last);
                }
            }
            double mean = sum / ((p.length - 10) * (p[0].length - 10));
            product *= Math.pow(Math.max(mean, 0), EXPONENTS[scale]);
            p = half(p);
            q = half(q);
        }
        return product;
    }

    private static double at(double[][] a, double[][] b, int y, int x, boolean luminance) {
        ToDoubleBiFunction<Integer, Integer> weight =
                (dy, dx) -> Math.exp(-(dy * dy + dx * dx) / (2 * 1.5 * 1.5));
        double weights = 0;
        double meanA = 0;
        double meanB = 0;
        for (int dy = -5; dy <= 5; dy++) {
            for (int dx = -5; dx <= 5; dx++) {
                double w = weight.applyAsDouble(dy, dx);
                weights += w;
                meanA += w * a[y + dy][x + dx];
                meanB += w * b[y + dy][x + dx];
            }
        }
        meanA /= weights;
        meanB /= weights;
        double varianceA = 0;
        double varianceB = 0;
        double covariance = 0;
        for (int dy = -5; dy <= 5; dy++) {
            for (int dx = -5; dx <= 5; dx++) {
                double w = weight.applyAsDouble(dy, dx) / weights;
                double da = a[y + dy][x + dx] - meanA;
                double db = b[y + dy][x + dx] - meanB;
                varianceA += w * da * da;
                varianceB += w * db * db;
                covariance += w * da * db;
            }
        }
        double structure = (2 * covariance + 0.0009) / (varianceA + varianceB + 0.0009);
        double light = (2 * meanA * meanB + 0.0001) / (meanA * meanA + meanB * meanB + 0.0001);
        return luminance ? light * structure : structure;
    }

    private static double[][] half(double[][] a) {
        double[][] out = new double[(a.length + 1) / 2][(a[0].length + 1) / 2];
        for (int y = 0; y < 2 * out.length; y++) {
            for (int x = 0; x < 2 * out[0].length; x++) {
                out[y / 2][x / 2] += a[Math.min(y, a.length - 1)][Math.min(x, a[0].length - 1)] / 4;
            }
        }
        return out;
    }
}
