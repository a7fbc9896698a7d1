package org.svgen.cpu;

import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicInteger;
import jdk.incubator.vector.FloatVector;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Activation;

/** Operations that take each element by itself, in chunks that stay in the first-level cache. */
final class Elementwise {
    private static final int CHUNK = 2048;

    /** Chunks of a task: enough work to be worth a thread. */
    private static final int GRAIN = 16 * CHUNK;

    private final Parallel parallel;

    Elementwise(Parallel parallel) {
        this.parallel = parallel;
    }

    void convert(Tensor x, Tensor out) {
        activate(Activation.NONE, x, out);
    }

    void fill(float value, Tensor out) {
        if (out.dtype() == DType.I32) {
            for (long i = 0; i < out.elements(); i++) {
                out.host().set(ValueLayout.JAVA_INT_UNALIGNED, 4 * i, (int) value);
            }
            return;
        }
        Floats to = Floats.of(out);
        chunks(
                out.elements(),
                (at, n) -> {
                    float[] a = Scratch.floats(Scratch.Use.OUTPUT, CHUNK);
                    java.util.Arrays.fill(a, 0, n, value);
                    to.store(a, 0, at, n);
                });
    }

    void axpby(float a, Tensor x, float b, Tensor y, Tensor out) {
        pairs(
                x,
                y,
                out,
                (u, v, n) -> {
                    for (int i = 0; i < n; i += Simd.LANES) {
                        FloatVector.fromArray(Simd.F, u, i)
                                .mul(a)
                                .add(FloatVector.fromArray(Simd.F, v, i).mul(b))
                                .intoArray(u, i);
                    }
                });
    }

    void multiply(Tensor x, Tensor y, Tensor out) {
        pairs(
                x,
                y,
                out,
                (u, v, n) -> {
                    for (int i = 0; i < n; i += Simd.LANES) {
                        FloatVector.fromArray(Simd.F, u, i)
                                .mul(FloatVector.fromArray(Simd.F, v, i))
                                .intoArray(u, i);
                    }
                });
    }

    /** Changes the first {@code n} elements of {@code u}, and up to a vector's end. */
    @FunctionalInterface
    private interface Pair {
        void apply(float[] u, float[] v, int n);
    }

    private void pairs(Tensor x, Tensor y, Tensor out, Pair f) {
        Floats xs = Floats.of(x);
        Floats ys = Floats.of(y);
        Floats to = Floats.of(out);
        chunks(
                x.elements(),
                (at, n) -> {
                    float[] u = Scratch.floats(Scratch.Use.LEFT, CHUNK);
                    float[] v = Scratch.floats(Scratch.Use.RIGHT, CHUNK);
                    xs.load(at, u, 0, n);
                    ys.load(at, v, 0, n);
                    f.apply(u, v, n);
                    to.store(u, 0, at, n);
                });
    }

    void activate(Activation f, Tensor x, Tensor out) {
        Floats from = Floats.of(x);
        Floats to = Floats.of(out);
        chunks(
                x.elements(),
                (at, n) -> {
                    float[] a = Scratch.floats(Scratch.Use.INPUT, CHUNK);
                    from.load(at, a, 0, n);
                    Simd.activate(f, a, 0, n);
                    to.store(a, 0, at, n);
                });
    }

    /**
     * {@code out[m] += gate * x[m]} for rows as wide as {@code gate}.
     *
     * @return how many sums are not finite, where that is asked for
     */
    int addGated(Tensor x, Tensor gate, Tensor out, boolean counted) {
        AtomicInteger bad = new AtomicInteger();
        Floats xs = Floats.of(x);
        Floats to = Floats.of(out);
        float[] g = Floats.all(gate);
        int c = gate.size(0);
        parallel.ranges(
                x.elements() / Math.max(c, 1),
                Math.max(1, GRAIN / Math.max(c, 1)),
                (row, rows) -> {
                    float[] u = Scratch.floats(Scratch.Use.LEFT, Simd.roundUp(c));
                    float[] v = Scratch.floats(Scratch.Use.RIGHT, Simd.roundUp(c));
                    for (long at = row * c; at < (row + rows) * c; at += c) {
                        xs.load(at, u, 0, c);
                        to.load(at, v, 0, c);
                        for (int i = 0; i < c; i += Simd.LANES) {
                            FloatVector.fromArray(Simd.F, u, i)
                                    .fma(
                                            FloatVector.fromArray(Simd.F, g, i),
                                            FloatVector.fromArray(Simd.F, v, i))
                                    .intoArray(v, i);
                        }
                        to.store(v, 0, at, c);
                        if (counted) {
                            bad.addAndGet(nonFinite(v, c));
                        }
                    }
                });
        return bad.get();
    }

    int countNonFinite(Tensor x) {
        Floats from = Floats.of(x);
        AtomicInteger bad = new AtomicInteger();
        chunks(
                x.elements(),
                (at, n) -> {
                    float[] a = Scratch.floats(Scratch.Use.INPUT, CHUNK);
                    from.load(at, a, 0, n);
                    bad.addAndGet(nonFinite(a, n));
                });
        return bad.get();
    }

    private static int nonFinite(float[] values, int n) {
        int bad = 0;
        for (int i = 0; i < n; i++) {
            bad += Float.isFinite(values[i]) ? 0 : 1;
        }
        return bad;
    }

    private void chunks(long n, Parallel.Range body) {
        parallel.ranges(
                n,
                GRAIN,
                (from, count) -> {
                    for (int i = 0; i < count; i += CHUNK) {
                        body.accept(from + i, Math.min(CHUNK, count - i));
                    }
                });
    }
}
