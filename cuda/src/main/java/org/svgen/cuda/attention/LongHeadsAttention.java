package org.svgen.cuda.attention;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Gpu.Scratch;
import org.svgen.cuda.gpu.Kernel;
import org.svgen.cuda.gpu.Requirement;
import org.svgen.cuda.product.Product;
import org.svgen.cuda.product.Products;
import org.svgen.cuda.simple.Shuffles;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.AttentionOp;

/**
 * Attention of heads that no attention kernel holds, such as an autoencoder's of 512 channels: two
 * matrix products and, between them, the softmax of softmax.cu, some query rows at a time.
 */
final class LongHeadsAttention implements Kernel<AttentionCall> {
    private static final long MAX_LIVE_SCORES = 64 << 20;
    private static final int THREADS = 256;

    private static final List<Requirement<AttentionCall>> REQUIREMENTS =
            List.of(
                    new Requirement<>(
                            "heads of more than 128 channels",
                            c -> c.dim() > PlainAttention.MOST_HEAD_DIM));

    private final Gpu gpu;
    private final Products products;
    private final Shuffles shuffles;

    LongHeadsAttention(Gpu gpu, Products products, Shuffles shuffles) {
        this.gpu = gpu;
        this.products = products;
        this.shuffles = shuffles;
    }

    @Override
    public String name() {
        return "long heads";
    }

    @Override
    public List<Requirement<AttentionCall>> requirements() {
        return REQUIREMENTS;
    }

    @Override
    public void run(AttentionCall c) {
        AttentionOp o = c.op();
        Tensor q = o.q();
        Tensor k = o.k();
        Tensor v = o.v();
        Tensor kinds = o.kinds();
        int heads = q.size(1);
        long queries = q.size(2);
        long keys = k.size(2);
        long dim = q.size(3);
        long rows = Math.clamp(MAX_LIVE_SCORES / Math.max(keys, 1), 1, Math.max(queries, 1));
        Shape square = Shape.of(rows, keys);
        Shape across = Shape.of(dim, keys);
        Shape result = Shape.of(heads == 1 ? 0 : heads, queries, dim);
        try (Scratch scored = gpu.scratch(DType.F32, square);
                Scratch weighed = gpu.scratch(v.dtype(), square);
                Scratch turned = gpu.scratch(v.dtype(), across);
                Scratch collected = gpu.scratch(o.out().dtype(), result)) {
            Tensor scores = scored.tensor(DType.F32, square);
            Tensor weights = weighed.tensor(v.dtype(), square);
            Tensor values = turned.tensor(v.dtype(), across);
            Tensor attended = collected.tensor(o.out().dtype(), result);
            for (int b = 0; b < q.size(0); b++) {
                for (int h = 0; h < heads; h++) {
                    shuffles.permute(v.get(b).get(h), new int[] {1, 0}, values);
                    Tensor to = heads == 1 ? o.out().get(b) : attended.get(h);
                    for (long from = 0; from < queries; from += rows) {
                        long end = Math.min(queries, from + rows);
                        Tensor s = scores.rows(0, end - from);
                        Tensor w = weights.rows(0, end - from);
                        Tensor some = q.get(b).get(h).rows(from, end);
                        products.run(new Product(some, k.get(b).get(h), s));
                        Tensor kind = kinds == null ? null : kinds.get(b).rows(h, h + 1);
                        softmax(s, c.plan().address(), kind, from, o.scale(), w);
                        Tensor there = to.rows(from, end).reshape(end - from, dim);
                        products.run(new Product(w, values, there));
                    }
                }
                if (heads > 1) {
                    shuffles.permute(attended, new int[] {1, 0, 2}, o.out().get(b));
                }
            }
        }
    }

    private void softmax(
            Tensor scores,
            long planned,
            @Nullable Tensor kind,
            long first,
            float scale,
            Tensor weights) {
        gpu.kernel("softmax", "softmax_kept")
                .struct()
                .pointer(scores)
                .elements(weights)
                .pointer(planned)
                .pointer(kind)
                .i32((int) first)
                .i32(scores.size(1))
                .f32(scale)
                .end()
                .start(scores.size(0), 1, 1, THREADS);
    }
}
