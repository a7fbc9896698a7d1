package org.svgen.cpu;

import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.EightBitNormOp;
import org.svgen.tensor.op.LayerNormOp;
import org.svgen.tensor.op.RmsNormOp;

/** Layer and RMS normalisation of the rows of a matrix. */
final class RowNorms {
    private static final int GRAIN = 1 << 14;

    /** Floats that are worked on at once; they stay in the first-level cache. */
    private static final int FLOATS_PER_BLOCK = 1 << 12;

    private final Parallel parallel;

    RowNorms(Parallel parallel) {
        this.parallel = parallel;
    }

    void layer(LayerNormOp op) {
        int c = op.x().size(-1);
        rows(op.x(), layer(op, c), into(op.out(), c));
    }

    void eightBits(EightBitNormOp op) {
        int c = op.x().size(-1);
        RowsFunction norm = layer(op.norm(op.out()), c);
        rows(op.x(), norm, new EightBitSink(op.type(), op.scales().host(), op.out().host(), c));
    }

    private static RowsFunction layer(LayerNormOp op, int c) {
        float @Nullable [] w = all(op.weight());
        float @Nullable [] b = all(op.bias());
        float @Nullable [] factor = all(op.scale());
        float @Nullable [] offset = all(op.shift());
        return (x0, count) -> {
            Norms.layer(x0, count, c, w, b, op.eps());
            if (factor != null && offset != null) {
                for (int row = 0; row < count; row++) {
                    modulate(x0, row * c, c, factor, offset);
                }
            }
        };
    }

    void rms(RmsNormOp op) {
        int c = op.x().size(-1);
        float @Nullable [] w = all(op.weight());
        rows(
                op.x(),
                (x0, count) -> {
                    Norms.rms(x0, count, c, w, op.eps());
                    Simd.activate(op.f(), x0, 0, count * c);
                },
                into(op.out(), c));
    }

    private static RowsSink into(Tensor out, int c) {
        Floats to = Floats.of(out);
        return (rows, first, count) -> to.store(rows, 0, first * c, count * c);
    }

    private void rows(Tensor x, RowsFunction f, RowsSink sink) {
        int c = x.size(-1);
        int together = Math.max(1, FLOATS_PER_BLOCK / c);
        Floats from = Floats.of(x);
        parallel.ranges(
                x.elements() / c,
                Math.max(1, GRAIN / c),
                (first, all) -> {
                    float[] rows = Scratch.floats(Scratch.Use.INPUT, together * c + Simd.LANES);
                    for (long row = first; row < first + all; row += together) {
                        int count = (int) Math.min(together, first + all - row);
                        from.load(row * c, rows, 0, count * c);
                        f.apply(rows, count);
                        sink.put(rows, row, count);
                    }
                });
    }

    /** {@code x = x (1 + scale) + shift} for {@code n} elements from {@code at} on. */
    private static void modulate(float[] x, int at, int n, float[] scale, float[] shift) {
        int whole = Simd.F.loopBound(n);
        for (int i = 0; i < whole; i += Simd.LANES) {
            FloatVector.fromArray(Simd.F, x, at + i)
                    .fma(
                            FloatVector.fromArray(Simd.F, scale, i).add(1f),
                            FloatVector.fromArray(Simd.F, shift, i))
                    .intoArray(x, at + i);
        }
        for (int i = whole; i < n; i++) {
            x[at + i] = Math.fma(x[at + i], 1 + scale[i], shift[i]);
        }
    }

    private static float @Nullable [] all(@Nullable Tensor tensor) {
        return tensor == null ? null : Floats.all(tensor);
    }

    /** Changes {@code count} rows that lie one behind the other. */
    @FunctionalInterface
    private interface RowsFunction {
        void apply(float[] rows, int count);
    }

    /** Takes {@code count} rows from {@code first} on; may change the array. */
    @FunctionalInterface
    interface RowsSink {
        void put(float[] rows, long first, int count);
    }
}
