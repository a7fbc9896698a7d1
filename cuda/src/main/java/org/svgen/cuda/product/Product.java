package org.svgen.cuda.product;

import org.jspecify.annotations.Nullable;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.LinearOp;
import org.svgen.tensor.op.LinearPairOp;

/**
 * A matrix product to compute: {@code out = f([x | y] weight^T + bias)}.
 *
 * @param y columns to the right of those of {@code x}, if there are any
 * @param weight [n, k]
 */
public record Product(
        Tensor x,
        @Nullable Tensor y,
        Tensor weight,
        @Nullable Tensor bias,
        Activation f,
        Tensor out) {
    /** {@code out = x weight^T}. */
    public Product(Tensor x, Tensor weight, Tensor out) {
        this(x, null, weight, null, Activation.NONE, out);
    }

    /**
     * @param weight the numbers of the operation's weight
     */
    static Product of(LinearOp o, Tensor weight) {
        return new Product(o.x(), null, weight, o.bias(), o.f(), o.out());
    }

    /**
     * @param weight the numbers of the operation's weight
     */
    static Product of(LinearPairOp o, Tensor weight) {
        return new Product(o.x(), o.y(), weight, o.bias(), Activation.NONE, o.out());
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

    /** True if the operands that are multiplied are of that type. */
    boolean operandsAre(DType dtype) {
        return x.dtype() == dtype && (y == null || y.dtype() == dtype) && weight.dtype() == dtype;
    }
}
