package org.svgen.tensor.op;

import java.util.List;
import java.util.function.UnaryOperator;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;

/** Small attention with an additive bias: {@code out[n, h] = softmax(scale q k^T + bias[h]) v}. */
@SuppressWarnings("doclint:missing") // each operand has its shape beside it
public record BiasedAttentionOp(
        Tensor q, // [N, H, D]
        Tensor k, // [N, H, D]
        Tensor v, // [N, H, D]
        Tensor bias, // F32 [H, N, N]
        float scale,
        Tensor out) // [N, H, D]
        implements Op {
    public BiasedAttentionOp {
        Check.rank("q", q, 3);
        Check.shape("k", k, q.shape().dims());
        Check.shape("v", v, q.shape().dims());
        Check.shape("bias", bias, q.size(1), q.size(0), q.size(0));
        Check.shape("out", out, q.shape().dims());
    }

    @Override
    public String name() {
        return "biasedAttention";
    }

    @Override
    public BiasedAttentionOp on(UnaryOperator<Tensor> tensors) {
        return new BiasedAttentionOp(
                tensors.apply(q),
                tensors.apply(k),
                tensors.apply(v),
                tensors.apply(bias),
                scale,
                tensors.apply(out));
    }

    @Override
    public List<Object> key() {
        return Operands.key(name(), q, k, v, bias, out);
    }

    @Override
    public double operations() {
        return 4.0 * q.elements() * q.size(0);
    }

    /** Fewer heads. */
    @Override
    public BiasedAttentionOp part(double share) {
        return new BiasedAttentionOp(
                Cut.along(1, q, share),
                Cut.along(1, k, share),
                Cut.along(1, v, share),
                Cut.along(0, bias, share),
                scale,
                Cut.along(1, out, share));
    }
}
