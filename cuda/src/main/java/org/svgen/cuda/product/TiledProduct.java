package org.svgen.cuda.product;

import org.jspecify.annotations.Nullable;
import org.svgen.cuda.gpu.Alignment;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Launcher;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Activation;

/**
 * A product for the kernels of gemm_bf16.cu and gemm_f32.cu, which multiply matrices and convolve
 * alike: {@code Product} in gemm.cuh. The left operand of a convolution is the frames, of which
 * each row gathers what its taps read.
 *
 * @param name of the kernel, without the end that says how it computes
 * @param y columns to the right of those of {@code x}, if there are any
 * @param group elements of the left operand that lie together
 * @param weight [n, k]
 * @param m rows of {@code out}
 */
public record TiledProduct(
        String name,
        Tensor x,
        @Nullable Tensor y,
        int group,
        Tensor weight,
        @Nullable Tensor bias,
        Activation f,
        int m,
        Tensor out) {

    static TiledProduct of(Product p) {
        int k = p.x().size(-1);
        // Groups of elements must not straddle the two.
        int group = p.y() == null ? p.k() : gcd(k, p.k() - k);
        String name = p.y() == null ? "linear" : "linear_pair";
        return new TiledProduct(
                name, p.x(), p.y(), group, p.weight(), p.bias(), p.f(), p.m(), p.out());
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }

    /** Columns of {@code out}. */
    int n() {
        return weight.size(0);
    }

    /** True if left operand and weights are in bf16. */
    public boolean bf16() {
        return x.dtype() == DType.BF16
                && (y == null || y.dtype() == DType.BF16)
                && weight.dtype() == DType.BF16;
    }

    /** True if both operands can be copied in chunks of so many elements. */
    public boolean aligned(int elements) {
        return Alignment.rows(elements, group, x, y) && Alignment.rows(elements, 0, weight);
    }

    /** Begins a launch; the product is given. */
    Launcher begin(Gpu gpu, String source, String suffix, int sharedBytes) {
        return gpu.kernel(source, name + suffix, sharedBytes)
                .struct()
                .elements(x)
                .elements(y)
                .elements(weight)
                .elements(bias)
                .elements(out)
                .i32(m)
                .i32(n())
                .i32(weight.size(1))
                .i32(x.size(-1))
                .i32(f.ordinal())
                .flag(aligned(4))
                .flag(Alignment.rows(4, n(), out))
                .end();
    }
}
