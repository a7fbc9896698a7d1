package org.svgen.cuda.product;

import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.LinearOp;
import org.svgen.tensor.op.LinearPairOp;
import org.svgen.tensor.op.Weight;

/**
 * A matrix product of inputs that are rounded to 8 bits: {@code out = f([x | y] weight^T + bias)}.
 *
 * @param scales F32 [m], where {@code x} was rounded to e4m3 before
 * @param y columns to the right of those of {@code x}, if there are any
 * @param weight [n, k], e4m3 with a scale of each row
 */
record EightBitProduct(
        Tensor x,
        @Nullable Tensor scales,
        @Nullable Tensor y,
        Weight weight,
        @Nullable Tensor bias,
        Activation f,
        Tensor out) {

    static EightBitProduct of(LinearOp o) {
        return new EightBitProduct(o.x(), o.scales(), null, o.weight(), o.bias(), o.f(), o.out());
    }

    static EightBitProduct of(LinearPairOp o) {
        return new EightBitProduct(
                o.x(), null, o.y(), o.weight(), o.bias(), Activation.NONE, o.out());
    }

    /** Rows of {@code out}. */
    int m() {
        return Math.toIntExact(out.elements() / n());
    }

    /** Columns of {@code out}. */
    int n() {
        return weight.size(0);
    }

    /** Columns of {@code x} and {@code y} together. */
    int k() {
        return weight.size(1);
    }

    /** Bytes of the inputs in 8 bits, and of their scales. */
    long scratchBytes() {
        return scales == null ? scalesAt() + 4L * m() : 0;
    }

    /** Where scales of the inputs begin in the scratch. */
    long scalesAt() {
        return Math.ceilDiv((long) m() * k(), 256L) * 256;
    }
}
