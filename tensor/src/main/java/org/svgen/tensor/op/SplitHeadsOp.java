package org.svgen.tensor.op;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Ops.HeadNorm;

/**
 * Splits heads, normalises each head's vector and rotates it, in one pass: {@code out[b, h, outFrom
 * + n] = rope(norm(x[b, n, h]))}; other tokens of {@code out} keep their values.
 *
 * <p>Rotation (interleaved pairs): {@code y[2i] = x[2i] cos[2i] - x[2i+1] sin[2i]}, {@code y[2i+1]
 * = x[2i+1] cos[2i+1] + x[2i] sin[2i+1]}, for tokens {@code ropeFrom .. ropeFrom + R} of {@code x};
 * other tokens are not rotated.
 */
@SuppressWarnings("doclint:missing") // each operand has its shape beside it
public record SplitHeadsOp(
        Tensor x, // [B, N, H, D]
        HeadNorm norm,
        @Nullable Tensor cos, // F32 [R, D]
        @Nullable Tensor sin, // F32 [R, D]
        int ropeFrom,
        int outFrom,
        Tensor out) // [B, H, at least outFrom + N, D]
        implements Op {
    public SplitHeadsOp {
        Check.rank("x", x, 4);
        Check.rank("out", out, 4);
        Check.shape("out", out, x.size(0), x.size(2), out.size(2), x.size(3));
        Check.that(
                outFrom >= 0 && outFrom + x.size(1) <= out.size(2),
                "x is %s, out %s from token %s",
                x,
                out,
                outFrom);
        int weights = norm.weights(x.size(2), x.size(3));
        Check.shape("norm weight", norm.weight(), weights);
        Check.shape("norm bias", norm.bias(), weights);
        Check.that((cos == null) == (sin == null), "cos and sin come together");
        if (cos != null) {
            Check.shape("cos", cos, cos.size(0), x.size(3));
            Check.shape("sin", sin, cos.size(0), x.size(3));
        }
    }

    @Override
    public String name() {
        return "splitHeads";
    }

    @Override
    public SplitHeadsOp on(UnaryOperator<Tensor> tensors) {
        return new SplitHeadsOp(
                tensors.apply(x),
                norm.on(tensors),
                Operands.on(cos, tensors),
                Operands.on(sin, tensors),
                ropeFrom,
                outFrom,
                tensors.apply(out));
    }

    @Override
    public List<Object> key() {
        return Operands.key(name(), x, norm.kind(), cos, sin, out);
    }

    /** Of out as much as of x: it may have room for other tokens. The norm's weights are small. */
    @Override
    public double bytes() {
        double rotation = cos == null || sin == null ? 0 : cos.bytes() + sin.bytes();
        return x.bytes() + rotation + (double) x.elements() * out.dtype().bytes();
    }

    /** Fewer heads. */
    @Override
    public SplitHeadsOp part(double share) {
        Tensor few = Cut.along(2, x, share);
        int weights = norm.weights(few.size(2), few.size(3));
        HeadNorm small = norm.on(t -> Tensor.phantom(t.dtype(), weights));
        Tensor to = Cut.along(1, out, share);
        return new SplitHeadsOp(few, small, cos, sin, ropeFrom, outFrom, to);
    }

    @Override
    public String variant() {
        String normed =
                norm.kind() == HeadNorm.Kind.NONE ? "" : Operands.words(norm.kind()) + " norm";
        if (cos == null) {
            return normed;
        }
        return normed.isEmpty() ? "rotated" : normed + ", rotated";
    }
}
