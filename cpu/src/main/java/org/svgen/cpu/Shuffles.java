package org.svgen.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Weight;

/** Operations that move elements. */
final class Shuffles {
    private static final int GRAIN = 1 << 15;

    private final Parallel parallel;

    Shuffles(Parallel parallel) {
        this.parallel = parallel;
    }

    void embedding(Tensor ids, Weight table, Tensor out) {
        int c = table.size(1);
        Rows from = Rows.of(table, c);
        Floats to = Floats.of(out);
        MemorySegment index = ids.host();
        float[] row = new float[c];
        for (int i = 0; i < ids.size(0); i++) {
            int id = index.get(ValueLayout.JAVA_INT_UNALIGNED, 4L * i);
            if (id < 0 || id >= table.size(0)) {
                throw new IllegalArgumentException(
                        "id %d at %d is not a row of %s".formatted(id, i, table));
            }
            from.load(id, 0, c, row, 0);
            to.store(row, 0, (long) i * c, c);
        }
    }

    void upsampleNearest(Tensor x, int time, int space, Tensor out) {
        int c = x.size(3);
        int w = x.size(2);
        int h = x.size(1);
        Floats from = Floats.of(x);
        Floats to = Floats.of(out);
        parallel.run(
                out.size(0) * out.size(1),
                line -> {
                    int y = line % (h * space) / space;
                    int t = line / (h * space) / time;
                    float[] in = Scratch.floats(Scratch.Use.INPUT, w * c);
                    float[] wide = Scratch.floats(Scratch.Use.OUTPUT, w * space * c);
                    from.load(((long) t * h + y) * w * c, in, 0, w * c);
                    for (int i = 0; i < w * space; i++) {
                        System.arraycopy(in, i / space * c, wide, i * c, c);
                    }
                    to.store(wide, 0, (long) line * w * space * c, w * space * c);
                });
    }

    void averageFramePairs(Tensor x, Tensor out) {
        Floats from = Floats.of(x);
        Floats to = Floats.of(out);
        long frame = out.size(0) == 0 ? 1 : out.elements() / out.size(0);
        for (int t = 0; t < out.size(0); t++) {
            int frameIndex = t;
            parallel.ranges(
                    frame,
                    GRAIN,
                    (at, n) -> {
                        float[] a = Scratch.floats(Scratch.Use.LEFT, n);
                        float[] b = Scratch.floats(Scratch.Use.RIGHT, n);
                        from.load(2L * frameIndex * frame + at, a, 0, n);
                        from.load((2L * frameIndex + 1) * frame + at, b, 0, n);
                        for (int i = 0; i < n; i++) {
                            a[i] = 0.5f * (a[i] + b[i]);
                        }
                        to.store(a, 0, frameIndex * frame + at, n);
                    });
        }
    }

    void permute(Tensor x, int[] order, Tensor out) {
        int rank = order.length;
        long[] inStride = new long[rank];
        long step = 1;
        for (int i = rank - 1; i >= 0; i--) {
            inStride[i] = step;
            step *= x.size(i);
        }
        long[] stride = new long[rank];
        for (int i = 0; i < rank; i++) {
            stride[i] = inStride[order[i]];
        }
        int last = out.size(-1);
        if (out.elements() == 0) {
            return;
        }
        MemorySegment from = x.host();
        MemorySegment to = out.host();
        int bytes = x.dtype().bytes();
        parallel.ranges(
                out.elements() / last,
                Math.max(1, GRAIN / last),
                (line, lines) -> {
                    for (long l = line; l < line + lines; l++) {
                        long at = 0;
                        long rest = l;
                        for (int i = rank - 2; i >= 0; i--) {
                            at += rest % out.size(i) * stride[i];
                            rest /= out.size(i);
                        }
                        copy(from, at, stride[rank - 1], to, l * last, last, bytes);
                    }
                });
    }

    private static void copy(
            MemorySegment from,
            long at,
            long stride,
            MemorySegment to,
            long start,
            int n,
            int bytes) {
        if (stride == 1) {
            MemorySegment.copy(from, at * bytes, to, start * bytes, (long) n * bytes);
        } else if (bytes == 4) {
            for (int i = 0; i < n; i++) {
                to.set(
                        ValueLayout.JAVA_INT_UNALIGNED,
                        4 * (start + i),
                        from.get(ValueLayout.JAVA_INT_UNALIGNED, 4 * (at + i * stride)));
            }
        } else {
            for (int i = 0; i < n; i++) {
                MemorySegment.copy(from, (at + i * stride) * bytes, to, (start + i) * bytes, bytes);
            }
        }
    }
}
