package org.svgen.cpu;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.Conv3dOp;
import org.svgen.tensor.op.Ops.Border;
import org.svgen.tensor.op.Ops.ConvGeometry;
import org.svgen.tensor.op.Weight;

/**
 * Convolution as matrix products without a matrix of patches. Channels are last, so what one line
 * of the filter sees at neighbouring pixels are overlapping runs of an image line: rows of a matrix
 * {@code stride * Ci} apart. Each line of the filter adds one product of that matrix with its part
 * of the weights.
 */
final class Conv3d {
    private static final int MR = MicroKernel.MR;
    private static final int NR = MicroKernel.NR;

    /** Elements of input, and of sums, that a task holds, about: both fit a second-level cache. */
    private static final int ELEMENTS_PER_TASK = 1 << 16;

    /** Output channels in a task, at most. */
    private static final int MAX_CHANNELS_PER_TASK = 8 * NR;

    /** Terms summed in a pass: a panel of weights of this depth stays in the first-level cache. */
    private static final int KC = 256;

    private final Parallel parallel;
    private float[] packed = new float[0];

    Conv3d(Parallel parallel) {
        this.parallel = parallel;
    }

    void apply(Conv3dOp op) {
        float @Nullable [] bias = op.bias() == null ? null : Floats.all(op.bias());
        Layer layer = new Layer(op.x(), op.geometry(), pack(op.weight()), bias, op.out());
        parallel.run(layer.tasks(), layer::task);
    }

    /**
     * Weights: for each line of the filter and each {@code NR} output channels a panel [kw * Ci,
     * NR], padded with zeros.
     */
    private record Filter(float[] panels, int co, int ci, int kt, int kh, int kw) {
        int depth() {
            return kw * ci;
        }

        int panel(int line, int channel) {
            return (line * Math.ceilDiv(co, NR) * NR + channel) * depth();
        }
    }

    private Filter pack(Weight weight) {
        int co = weight.size(0);
        int ci = weight.size(1);
        int kw = weight.size(4);
        int lines = weight.size(2) * weight.size(3);
        int padded = Math.ceilDiv(co, NR) * NR;
        int size = Math.multiplyExact(padded, lines * kw * ci);
        if (packed.length < size) {
            packed = new float[size];
        }
        Filter filter = new Filter(packed, co, ci, weight.size(2), weight.size(3), kw);
        Rows from = Rows.of(weight, ci * lines * kw);
        parallel.run(padded / NR, panel -> packPanel(from, filter, lines, panel * NR));
        return filter;
    }

    private static void packPanel(Rows weight, Filter f, int lines, int j0) {
        int taps = lines * f.kw;
        float[] channel = Scratch.floats(Scratch.Use.INPUT, f.ci * taps);
        for (int j = 0; j < NR; j++) {
            if (j0 + j < f.co) {
                weight.load(j0 + j, 0, f.ci * taps, channel, 0);
            } else {
                Arrays.fill(channel, 0, f.ci * taps, 0);
            }
            for (int line = 0; line < lines; line++) {
                int at = f.panel(line, j0) + j;
                for (int dx = 0; dx < f.kw; dx++) {
                    for (int c = 0; c < f.ci; c++, at += NR) {
                        f.panels[at] = channel[c * taps + line * f.kw + dx];
                    }
                }
            }
        }
    }

    /** One convolution, cut into tasks: a frame, some of its lines, columns and channels each. */
    private static final class Layer {
        private final Floats x;
        private final Floats out;
        private final ConvGeometry g;
        private final Filter f;
        private final float @Nullable [] bias;
        private final int h;
        private final int w;
        private final int frames;
        private final int outH;
        private final int outW;
        private final int lines;
        private final int columns;

        Layer(Tensor x, ConvGeometry g, Filter f, float @Nullable [] bias, Tensor out) {
            this.x = Floats.of(x);
            this.out = Floats.of(out);
            this.g = g;
            this.f = f;
            this.bias = bias;
            h = x.size(1);
            w = x.size(2);
            frames = out.size(0);
            outH = out.size(1);
            outW = out.size(2);
            int pixels = ELEMENTS_PER_TASK / Math.max(f.ci, Math.min(f.co, MAX_CHANNELS_PER_TASK));
            columns = Math.min(outW, Math.max(pixels / 4, 4 * MR));
            int seen = pixels / pitch(columns);
            lines = Math.clamp((seen - f.kh) / g.strideSpace() + 1, 1, outH);
        }

        /** Pixels of an input line that {@code n} pixels of an output line see. */
        private int pitch(int n) {
            return (n - 1) * g.strideSpace() + f.kw;
        }

        int tasks() {
            return frames * down() * across() * Math.ceilDiv(f.co, MAX_CHANNELS_PER_TASK);
        }

        private int down() {
            return Math.ceilDiv(outH, lines);
        }

        private int across() {
            return Math.ceilDiv(outW, columns);
        }

        void task(int task) {
            int rest = task;
            int c0 = rest % Math.ceilDiv(f.co, MAX_CHANNELS_PER_TASK) * MAX_CHANNELS_PER_TASK;
            rest /= Math.ceilDiv(f.co, MAX_CHANNELS_PER_TASK);
            int x0 = rest % across() * columns;
            rest /= across();
            int y0 = rest % down() * lines;
            new Tile(
                            this,
                            rest / down(),
                            y0,
                            Math.min(lines, outH - y0),
                            x0,
                            Math.min(columns, outW - x0),
                            c0,
                            Math.min(MAX_CHANNELS_PER_TASK, f.co - c0))
                    .compute();
        }
    }

    /**
     * Lines {@code y0 ..}, columns {@code x0 ..}, channels {@code c0 ..} of a frame of the output.
     */
    private record Tile(
            Layer layer, int frame, int y0, int lines, int x0, int columns, int c0, int channels) {

        void compute() {
            Filter f = layer.f;
            int ldc = Simd.roundUp(channels);
            // Without a stride all lines are one run of rows; those between two lines are computed
            // and dropped.
            int stride = layer.g.strideSpace();
            int pitch = layer.pitch(columns);
            int runs = stride == 1 ? 1 : lines;
            int run = stride == 1 ? (lines - 1) * pitch + columns : columns;
            int rounded = Math.ceilDiv(run, 2 * MR) * 2 * MR;
            int seen = (lines - 1) * stride + f.kh;
            int slack = (rounded - run) * stride * f.ci;
            float[] input = Scratch.floats(Scratch.Use.LEFT, seen * pitch * f.ci + slack);
            float[] sums = Scratch.floats(Scratch.Use.PRODUCT, runs * rounded * ldc);
            Arrays.fill(sums, 0, runs * rounded * ldc, 0);
            for (int dt = 0; dt < f.kt; dt++) {
                for (int i = 0; i < seen; i++) {
                    load(frame * layer.g.strideTime() + dt, y0 * stride + i, pitch, input, i);
                }
                for (int dy = 0; dy < f.kh; dy++) {
                    for (int y = 0; y < runs; y++) {
                        int from = (y * stride + dy) * pitch * f.ci;
                        add(dt * f.kh + dy, input, from, rounded, sums, y * rounded * ldc, ldc);
                    }
                }
            }
            int next = stride == 1 ? pitch : rounded;
            for (int y = 0; y < lines; y++) {
                store(sums, y * next * ldc, ldc, y);
            }
        }

        /** Pixels {@code x0 ..} of a line of the input, and what is said to lie beyond its ends. */
        private void load(int t, int line, int pitch, float[] input, int i) {
            int ci = layer.f.ci;
            boolean edge = layer.g.border() == Border.EDGE;
            int above = line - layer.g.top();
            int y = edge ? Math.clamp(above, 0, layer.h - 1) : above;
            int x = x0 * layer.g.strideSpace() - layer.g.left();
            int to = i * pitch * ci;
            if (y < 0 || y >= layer.h) {
                Arrays.fill(input, to, to + pitch * ci, 0);
                return;
            }
            int before = Math.clamp(-(long) x, 0, pitch);
            int inside = Math.clamp((long) layer.w - x, before, pitch);
            long start = ((long) t * layer.h + y) * layer.w;
            if (inside > before) {
                layer.x.load(
                        (start + x + before) * ci, input, to + before * ci, (inside - before) * ci);
            }
            if (edge) {
                repeat(start, input, to, before);
                repeat(start + layer.w - 1, input, to + inside * ci, pitch - inside);
            } else {
                Arrays.fill(input, to, to + before * ci, 0);
                Arrays.fill(input, to + inside * ci, to + pitch * ci, 0);
            }
        }

        /** Writes pixel {@code pixel} of the input {@code n} times. */
        private void repeat(long pixel, float[] input, int to, int n) {
            int ci = layer.f.ci;
            for (int i = 0; i < n; i++) {
                layer.x.load(pixel * ci, input, to + i * ci, ci);
            }
        }

        /** Adds what line {@code line} of the filter makes of {@code rows} pixels. */
        private void add(
                int line, float[] input, int from, int rows, float[] sums, int to, int ldc) {
            Filter f = layer.f;
            int lda = layer.g.strideSpace() * f.ci;
            for (int k0 = 0; k0 < f.depth(); k0 += KC) {
                int depth = Math.min(KC, f.depth() - k0);
                for (int j = 0; j < ldc; j += NR) {
                    int panel = f.panel(line, c0 + j) + k0 * NR;
                    if (ldc - j < NR) {
                        for (int i = 0; i < rows; i += 2 * MR) {
                            MicroKernel.addNarrow(
                                    depth,
                                    input,
                                    from + k0 + i * lda,
                                    lda,
                                    f.panels,
                                    panel,
                                    sums,
                                    to + i * ldc + j,
                                    ldc);
                        }
                    } else {
                        for (int i = 0; i < rows; i += MR) {
                            MicroKernel.add(
                                    depth,
                                    input,
                                    from + k0 + i * lda,
                                    lda,
                                    f.panels,
                                    panel,
                                    sums,
                                    to + i * ldc + j,
                                    ldc);
                        }
                    }
                }
            }
        }

        private void store(float[] sums, int from, int ldc, int line) {
            int co = layer.f.co;
            for (int i = 0; i < columns; i++) {
                VectorGemm.finish(sums, from + i * ldc, layer.bias, c0, channels, Activation.NONE);
            }
            long to = (((long) frame * layer.outH + y0 + line) * layer.outW + x0) * co + c0;
            if (channels == co) {
                for (int i = 1; i < columns && ldc > co; i++) {
                    System.arraycopy(sums, from + i * ldc, sums, from + i * co, co);
                }
                layer.out.store(sums, from, to, columns * co);
            } else {
                for (int i = 0; i < columns; i++) {
                    layer.out.store(sums, from + i * ldc, to + (long) i * co, channels);
                }
            }
        }
    }
}
