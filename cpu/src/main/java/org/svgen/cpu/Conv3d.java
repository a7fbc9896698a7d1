package org.svgen.cpu;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Activation;
import org.svgen.tensor.Ops.Border;
import org.svgen.tensor.Ops.ConvGeometry;
import org.svgen.tensor.Tensor;

/**
 * Convolution as a matrix product whose left rows are image patches, gathered while they are
 * packed; no matrix of patches is ever stored.
 */
final class Conv3d {
    private final Parallel parallel;
    private final VectorGemm gemm;
    private float[] weights = new float[0];

    Conv3d(Parallel parallel, VectorGemm gemm) {
        this.parallel = parallel;
        this.gemm = gemm;
    }

    void apply(Tensor x, Tensor weight, float @Nullable [] bias, ConvGeometry g, Tensor out) {
        int ci = weight.size(1);
        int taps = weight.size(2) * weight.size(3) * weight.size(4);
        int k = ci * taps;
        int co = weight.size(0);
        channelsLast(Floats.of(weight), co, ci, taps);
        float[] w = weights;
        gemm.multiply(
                Math.toIntExact(out.elements() / co),
                co,
                k,
                new Patches(x, weight, g, out),
                (row, from, count, to, at) -> System.arraycopy(w, row * k + from, to, at, count),
                bias,
                Activation.NONE,
                Floats.of(out));
    }

    /** [Co, Ci, taps] to [Co, taps, Ci], the order in which a patch lies in memory. */
    private void channelsLast(Floats weight, int co, int ci, int taps) {
        int k = ci * taps;
        if (weights.length < Math.multiplyExact(co, k)) {
            weights = new float[co * k];
        }
        parallel.run(
                co,
                row -> {
                    float[] filter = Scratch.floats(Scratch.Use.INPUT, k);
                    weight.load((long) row * k, filter, 0, k);
                    for (int tap = 0; tap < taps; tap++) {
                        for (int c = 0; c < ci; c++) {
                            weights[row * k + tap * ci + c] = filter[c * taps + tap];
                        }
                    }
                });
    }

    /** Row (t, i, j) holds what the filter sees at that pixel of the output: [kt, kh, kw, Ci]. */
    private static final class Patches implements Rows {
        private final Floats x;
        private final ConvGeometry g;
        private final int h;
        private final int w;
        private final int ci;
        private final int kh;
        private final int kw;
        private final int outH;
        private final int outW;

        Patches(Tensor x, Tensor weight, ConvGeometry g, Tensor out) {
            this.x = Floats.of(x);
            this.g = g;
            h = x.size(1);
            w = x.size(2);
            ci = x.size(3);
            kh = weight.size(3);
            kw = weight.size(4);
            outH = out.size(1);
            outW = out.size(2);
        }

        @Override
        public void load(int row, int from, int count, float[] to, int at) {
            int left = row % outW * g.strideSpace() - g.left();
            int top = row / outW % outH * g.strideSpace() - g.top();
            int first = row / outW / outH * g.strideTime();
            int end = at + count;
            int line = from / (kw * ci);
            int offset = from % (kw * ci);
            // A line of the patch, kw pixels side by side, is one run of memory.
            for (int i = at; i < end; line++, offset = 0) {
                int n = Math.min(kw * ci - offset, end - i);
                int y = top + line % kh;
                if (g.border() == Border.EDGE) {
                    y = Math.clamp(y, 0, h - 1);
                }
                if (y < 0 || y >= h) {
                    Arrays.fill(to, i, i + n, 0);
                } else {
                    long start = ((first + line / kh) * (long) h + y) * w * ci;
                    line(start, left * ci + offset, n, to, i);
                }
                i += n;
            }
        }

        /** Copies elements {@code from .. from + n} of the image line at {@code start}. */
        private void line(long start, int from, int n, float[] to, int at) {
            int before = Math.clamp(-(long) from, 0, n);
            int inside = Math.clamp((long) w * ci - from, before, n);
            if (inside > before) {
                x.load(start + from + before, to, at + before, inside - before);
            }
            if (g.border() == Border.EDGE) {
                edge(start, from, before, to, at);
                edge(start, from + inside, n - inside, to, at + inside);
            } else {
                Arrays.fill(to, at, at + before, 0);
                Arrays.fill(to, at + inside, at + n, 0);
            }
        }

        /** As {@link #line} beyond its ends, where every pixel is the nearest one inside. */
        private void edge(long start, int from, int n, float[] to, int at) {
            for (int i = 0; i < n; ) {
                int channel = Math.floorMod(from + i, ci);
                int pixel = Math.clamp(Math.floorDiv(from + i, ci), 0, w - 1);
                int run = Math.min(ci - channel, n - i);
                x.load(start + (long) pixel * ci + channel, to, at + i, run);
                i += run;
            }
        }
    }
}
