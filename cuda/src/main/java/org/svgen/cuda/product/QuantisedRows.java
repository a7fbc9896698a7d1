package org.svgen.cuda.product;

import org.jspecify.annotations.Nullable;
import org.svgen.cuda.gpu.DeviceStorage;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Gpu.Scratch;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.LinearOp;
import org.svgen.tensor.op.Op;
import org.svgen.tensor.op.SplitHeadsOp;
import org.svgen.tensor.op.Weight.Inputs;

/**
 * Rows as e4m3 with a scale each, by quantise.cu. Those of the last product stay for the next one
 * of the same input, as queries, keys and values have it, until another operation may change the
 * input or needs the memory.
 */
final class QuantisedRows {
    static final String SOURCE = "quantise";

    /** Groups of eight elements that a thread holds. */
    private static final int EACH = 4;

    private static final int FEWEST_THREADS = 128;
    private static final int MOST_THREADS = 1024;

    /** Elements of the longest rows. */
    static final int LONGEST = MOST_THREADS * EACH * 8;

    private final Gpu gpu;
    private @Nullable Rows held;

    QuantisedRows(Gpu gpu) {
        this.gpu = gpu;
    }

    /**
     * Rounded inputs.
     *
     * @param of which product
     * @param scratch values, then scales
     */
    record Rows(EightBitProduct of, Scratch scratch) {
        long values() {
            return scratch.address();
        }

        long scales() {
            return scratch.address() + of.scalesAt();
        }

        private boolean isOf(Tensor x, @Nullable Tensor y) {
            return of.y() == null
                    && y == null
                    && address(x) == address(of.x())
                    && x.bytes() == of.x().bytes()
                    && x.size(-1) == of.x().size(-1);
        }

        private boolean isOver(Tensor out) {
            Tensor x = of.x();
            return address(out) < address(x) + x.bytes() && address(x) < address(out) + out.bytes();
        }

        private static long address(Tensor tensor) {
            return DeviceStorage.address(tensor);
        }
    }

    /** The inputs of a product, valid until {@link #forget}. */
    Rows of(EightBitProduct p) {
        Rows rows = held;
        if (rows == null || !rows.isOf(p.x(), p.y())) {
            forget();
            rows = new Rows(p, gpu.scratch(p.scratchBytes()));
            held = rows;
            quantise(gpu, p.x(), p.y(), rows.values(), rows.scales());
        }
        return rows;
    }

    /** Gives the memory back before {@code next}, unless that can leave the rows as they are. */
    void before(Op next) {
        Rows rows = held;
        if (rows != null && !stay(rows, next)) {
            forget();
        }
    }

    private static boolean stay(Rows rows, Op next) {
        return switch (next) {
            case SplitHeadsOp o -> !rows.isOver(o.out());
            case LinearOp o ->
                    o.weight().inputs() == Inputs.EIGHT_BITS
                            && rows.isOf(o.x(), null)
                            && !rows.isOver(o.out());
            default -> false;
        };
    }

    void forget() {
        if (held != null) {
            Scratch scratch = held.scratch;
            held = null;
            scratch.close();
        }
    }

    /** Rounds rows of {@code x} and {@code y} side by side to {@code values} and {@code scales}. */
    static void quantise(Gpu gpu, Tensor x, @Nullable Tensor y, long values, long scales) {
        int k = x.size(-1);
        int l = y == null ? 0 : y.size(-1);
        int threads = FEWEST_THREADS;
        while (threads * EACH * 8 < k + l) {
            threads *= 2;
        }
        gpu.kernel(SOURCE, "quantise_rows")
                .struct()
                .pointer(x)
                .pointer(y)
                .pointer(values)
                .pointer(scales)
                .i32(k)
                .i32(l)
                .end()
                .start(x.elements() / k, 1, 1, threads);
    }
}
