package org.svgen.lab.metrics;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Iterator;
import java.util.stream.IntStream;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.Ops;

/** Takes pairs of frames of one size through a trunk, both as one batch, and compares features. */
final class LpipsForward implements AutoCloseable {
    private static final int PAIR = 2;
    private static final int COLOURS = 3;

    /** From colours in -1..1, as the classifiers want them. */
    private static final float[] SHIFT = {-.030f, -.088f, -.188f};

    private static final float[] SCALE = {.458f, .448f, .450f};

    private final LpipsWeights weights;
    private final int height;
    private final int width;
    private final Workspace workspace;
    private final Tensor[] buffers; // read and written in turn

    LpipsForward(LpipsWeights weights, Backend backend, int height, int width) {
        this.weights = weights;
        this.height = height;
        this.width = width;
        long most = most(weights, height, width);
        workspace = new Workspace(backend, 2 * (4 * most + 256));
        buffers =
                new Tensor[] {
                    workspace.allocate(DType.F32, most), workspace.allocate(DType.F32, most)
                };
    }

    /** Elements of the largest features of two frames. */
    private static long most(LpipsWeights weights, int height, int width) {
        int h = height;
        int w = width;
        int channels = COLOURS;
        long most = (long) PAIR * h * w * channels;
        Iterator<LpipsWeights.Convolution> convolutions = weights.convolutions().iterator();
        for (LpipsTrunk.Step step : weights.trunk().steps()) {
            h = step.size(h);
            w = step.size(w);
            if (step instanceof LpipsTrunk.Convolution) {
                channels = convolutions.next().bias().size(0);
            }
            most = Math.max(most, (long) PAIR * h * w * channels);
        }
        return most;
    }

    /** The distance by each feature of two frames, each [height, width, 3] in 0..1. */
    double[] layers(float[] a, float[] b) {
        double[] out = new double[weights.linear().size()];
        Tensor x = input(a, b);
        if (x.elements() == 0) {
            Arrays.fill(out, Double.NaN);
            return out;
        }
        Iterator<LpipsWeights.Convolution> convolutions = weights.convolutions().iterator();
        int tap = 0;
        for (LpipsTrunk.Step step : weights.trunk().steps()) {
            switch (step) {
                case LpipsTrunk.MaxPool pool -> x = pooled(pool, x);
                case LpipsTrunk.Convolution c -> {
                    x = convolved(c, convolutions.next(), x);
                    if (c.tap()) {
                        out[tap] = FeatureDistance.of(x, weights.linear().get(tap));
                        tap++;
                    }
                }
            }
        }
        return out;
    }

    /** Both frames; nothing where a colour is no finite number, which ReLU might hide. */
    private Tensor input(float[] a, float[] b) {
        float[] values = new float[a.length + b.length];
        for (int i = 0; i < values.length; i++) {
            float v = i < a.length ? a[i] : b[i - a.length];
            if (!Float.isFinite(v)) {
                return buffers[0].rows(0, 0);
            }
            int c = i % COLOURS;
            values[i] = (2 * v - 1 - SHIFT[c]) / SCALE[c];
        }
        Tensor x = of(buffers[0], height, width, COLOURS);
        MemorySegment.copy(values, 0, x.host(), JAVA_FLOAT, 0, values.length);
        return x;
    }

    private static Tensor of(Tensor buffer, int height, int width, int channels) {
        long elements = (long) PAIR * height * width * channels;
        return buffer.rows(0, elements).reshape(PAIR, height, width, channels);
    }

    /** Memory of the buffer that {@code x} is not in. */
    private Tensor beside(Tensor x, LpipsTrunk.Step step, int channels) {
        Tensor free = x.offset() == buffers[0].offset() ? buffers[1] : buffers[0];
        return of(free, step.size(x.size(1)), step.size(x.size(2)), channels);
    }

    private Tensor convolved(LpipsTrunk.Convolution c, LpipsWeights.Convolution w, Tensor x) {
        Tensor out = beside(x, c, w.weight().size(0));
        int p = c.padding();
        Ops.ConvGeometry geometry = new Ops.ConvGeometry(1, c.stride(), p, p, p, p);
        workspace.ops().conv3d(x, w.weight(), w.bias(), geometry, out);
        workspace.ops().activate(Activation.RELU, out, out);
        return out;
    }

    private Tensor pooled(LpipsTrunk.MaxPool pool, Tensor x) {
        int channels = x.size(3);
        Tensor out = beside(x, pool, channels);
        MemorySegment from = x.host();
        MemorySegment to = out.host();
        int lines = out.size(1);
        int length = out.size(2) * channels;
        IntStream.range(0, PAIR * lines)
                .parallel()
                .forEach(line -> {
                    float[] most = new float[length];
                    Arrays.fill(most, Float.NEGATIVE_INFINITY);
                    int first = line / lines * x.size(1) + line % lines * LpipsTrunk.MaxPool.STRIDE;
                    int inside = x.size(1) - line % lines * LpipsTrunk.MaxPool.STRIDE;
                    for (int dy = 0; dy < Math.min(pool.kernel(), inside); dy++) {
                        addMost(
                                pool,
                                FeatureDistance.line(from, first + dy, x.size(2) * channels),
                                channels,
                                most);
                    }
                    MemorySegment.copy(most, 0, to, JAVA_FLOAT, 4L * line * length, length);
                });
        return out;
    }

    private static void addMost(LpipsTrunk.MaxPool pool, float[] in, int channels, float[] most) {
        for (int x = 0; x < most.length / channels; x++) {
            for (int dx = 0; dx < pool.kernel(); dx++) {
                int from = (x * LpipsTrunk.MaxPool.STRIDE + dx) * channels;
                if (from >= in.length) {
                    break; // beyond the edge
                }
                for (int c = 0; c < channels; c++) {
                    most[x * channels + c] = Math.max(most[x * channels + c], in[from + c]);
                }
            }
        }
    }

    @Override
    public void close() {
        workspace.close();
    }
}
