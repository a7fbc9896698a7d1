package org.svgen.cpu;

import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.GroupNormOp;
import org.svgen.tensor.op.GroupNormOp.Modulation;

/** Group normalisation: one pass for the moments, one to apply them. */
final class GroupNorm {
    /** Pixels whose moments are summed in floats, before they are merged in doubles. */
    private static final int CHUNK = 128;

    /** Pixels of a task. */
    private static final int GRAIN = 4 * CHUNK;

    private final Parallel parallel;

    GroupNorm(Parallel parallel) {
        this.parallel = parallel;
    }

    void apply(GroupNormOp op) {
        Tensor x = op.x();
        Tensor out = op.out();
        Modulation modulation = op.modulation();
        Activation f = op.f();
        int groups = op.groups();
        int c = x.size(3);
        Moments total = moments(x, groups);
        float[] mean = new float[Simd.roundUp(c)];
        float[] factor = Floats.all(op.weight());
        for (int i = 0; i < c; i++) {
            int g = i / (c / groups);
            mean[i] = (float) total.mean[g];
            factor[i] /= (float) Math.sqrt(total.squares[g] / total.count[g] + op.eps());
        }
        Affine affine = new Affine(mean, factor, Floats.all(op.bias()));
        Floats from = Floats.of(x);
        Margin margin = new Margin(Floats.of(out), x.size(1), x.size(2), c, out);
        @Nullable Modulator modulator = modulation == null ? null : new Modulator(modulation, x);
        int w = x.size(2);
        int line = w * c;
        parallel.ranges(
                (long) x.size(0) * x.size(1),
                Math.max(1, GRAIN / w),
                (first, count) -> {
                    float[] data = Scratch.floats(Scratch.Use.INPUT, line + Simd.LANES);
                    float[] result = Scratch.floats(Scratch.Use.OUTPUT, line + Simd.LANES);
                    for (long i = first; i < first + count; i++) {
                        from.load(i * line, data, 0, line);
                        if (modulator == null) {
                            affine.apply(data, result, w, c);
                        } else {
                            modulator.apply(i, affine, data, result);
                        }
                        Simd.activate(f, result, 0, line);
                        margin.store(result, i);
                    }
                });
    }

    /** Stores lines of pixels, and copies of what lies at the edges around them. */
    private static final class Margin {
        private final Floats to;
        private final int h;
        private final int w;
        private final int c;
        private final int size;

        Margin(Floats to, int h, int w, int c, Tensor out) {
            this.to = to;
            this.h = h;
            this.w = w;
            this.c = c;
            this.size = (out.size(1) - h) / 2;
        }

        /** Line {@code line} of all frames' lines. */
        void store(float[] pixels, long line) {
            int y = (int) (line % h);
            long top = line / h * (h + 2 * size);
            int first = y == 0 ? 0 : y + size;
            int last = y == h - 1 ? h + 2 * size - 1 : y + size;
            for (int row = first; row <= last; row++) {
                long at = (top + row) * (w + 2 * size) * c;
                for (int i = 0; i < size; i++) {
                    to.store(pixels, 0, at + (long) i * c, c);
                    to.store(pixels, (w - 1) * c, at + (long) (size + w + i) * c, c);
                }
                to.store(pixels, 0, at + (long) size * c, w * c);
            }
        }
    }

    /** {@code (x - mean) * factor + offset}, by channel; padded to whole vectors. */
    private record Affine(float[] mean, float[] factor, float[] offset) {
        FloatVector of(float[] x, int at, int channel) {
            return FloatVector.fromArray(Simd.F, x, at)
                    .sub(FloatVector.fromArray(Simd.F, mean, channel))
                    .fma(
                            FloatVector.fromArray(Simd.F, factor, channel),
                            FloatVector.fromArray(Simd.F, offset, channel));
        }

        /** A pixel's last vector may reach into the next pixel, which is written after it. */
        void apply(float[] x, float[] y, int pixels, int c) {
            for (int j = 0; j < pixels; j++) {
                for (int k = 0; k < c; k += Simd.LANES) {
                    of(x, j * c + k, k).intoArray(y, j * c + k);
                }
            }
        }
    }

    private Moments moments(Tensor x, int groups) {
        int c = x.size(3);
        long pixels = x.elements() / c;
        Floats from = Floats.of(x);
        Moments[] parts = new Moments[Math.toIntExact(Math.ceilDiv(pixels, GRAIN))];
        parallel.ranges(
                pixels,
                GRAIN,
                (pixel, count) -> {
                    Moments part = new Moments(groups);
                    float[] data = Scratch.floats(Scratch.Use.INPUT, CHUNK * c + Simd.LANES);
                    for (int p = 0; p < count; p += CHUNK) {
                        int n = Math.min(CHUNK, count - p);
                        from.load((pixel + p) * c, data, 0, n * c);
                        part.add(data, n, c);
                    }
                    parts[(int) (pixel / GRAIN)] = part;
                });
        Moments total = new Moments(groups);
        for (Moments part : parts) {
            for (int g = 0; g < groups; g++) {
                total.merge(g, part.count[g], part.mean[g], part.squares[g]);
            }
        }
        return total;
    }

    /** Count, mean and sum of squared deviations of each group. */
    private static final class Moments {
        private final long[] count;
        private final double[] mean;
        private final double[] squares;

        Moments(int groups) {
            count = new long[groups];
            mean = new double[groups];
            squares = new double[groups];
        }

        /** Adds {@code n} pixels; sums are of distances to the first one, lest digits cancel. */
        void add(float[] data, int n, int c) {
            float[] sums = Scratch.floats(Scratch.Use.LEFT, Simd.roundUp(c));
            float[] powers = Scratch.floats(Scratch.Use.RIGHT, Simd.roundUp(c));
            for (int i = 0; i < c; i += Simd.LANES) {
                FloatVector first = FloatVector.fromArray(Simd.F, data, i);
                FloatVector s = FloatVector.zero(Simd.F);
                FloatVector q = s;
                for (int p = 1; p < n; p++) {
                    FloatVector d = FloatVector.fromArray(Simd.F, data, p * c + i).sub(first);
                    s = s.add(d);
                    q = d.fma(d, q);
                }
                s.intoArray(sums, i);
                q.intoArray(powers, i);
            }
            int width = c / count.length;
            for (int i = 0; i < c; i++) {
                double s = sums[i];
                merge(i / width, n, data[i] + s / n, Math.max(0, powers[i] - s * s / n));
            }
        }

        void merge(int g, long n, double otherMean, double otherSquares) {
            long both = count[g] + n;
            double delta = otherMean - mean[g];
            mean[g] += delta * n / both;
            squares[g] += otherSquares + delta * delta * count[g] * n / both;
            count[g] = both;
        }
    }

    /** Multiplies and adds what the nearest pixel of the coarser data says. */
    private static final class Modulator {
        private final Floats scale;
        private final Floats shift;
        private final int[] frame;
        private final int h;
        private final int w;
        private final int c;
        private final int coarseH;
        private final int coarseW;

        Modulator(Modulation modulation, Tensor x) {
            scale = Floats.of(modulation.scale());
            shift = Floats.of(modulation.shift());
            frame = modulation.scaleFrame();
            h = x.size(1);
            w = x.size(2);
            c = x.size(3);
            coarseH = modulation.scale().size(1);
            coarseW = modulation.scale().size(2);
        }

        /** Normalises, scales and shifts image line {@code line} of all frames' lines. */
        void apply(long line, Affine affine, float[] x, float[] y) {
            int coarse = coarseW * c;
            long at = (frame[(int) (line / h)] * (long) coarseH + line % h * coarseH / h) * coarse;
            float[] a = Scratch.floats(Scratch.Use.LEFT, coarse + Simd.LANES);
            float[] b = Scratch.floats(Scratch.Use.RIGHT, coarse + Simd.LANES);
            scale.load(at, a, 0, coarse);
            shift.load(at, b, 0, coarse);
            for (int j = 0; j < w; j++) {
                int from = (int) ((long) j * coarseW / w) * c;
                for (int k = 0; k < c; k += Simd.LANES) {
                    affine.of(x, j * c + k, k)
                            .fma(
                                    FloatVector.fromArray(Simd.F, a, from + k),
                                    FloatVector.fromArray(Simd.F, b, from + k))
                            .intoArray(y, j * c + k);
                }
            }
        }
    }
}
