package org.svgen.cuda;

import org.jspecify.annotations.Nullable;
import org.svgen.cuda.Gpu.Scratch;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Activation;

/**
 * Attention of heads that no attention kernel holds, such as an autoencoder's of 512 channels: two
 * matrix products and, between them, the softmax of softmax.cu, some query rows at a time.
 */
final class WideHeads {
    private static final long MOST_SCORES = 64 << 20; // that exist at once
    private static final int THREADS = 256;

    private final Gpu gpu;
    private final Gemm gemm;
    private final Shuffles shuffles;

    WideHeads(Gpu gpu, Gemm gemm, Shuffles shuffles) {
        this.gpu = gpu;
        this.gemm = gemm;
        this.shuffles = shuffles;
    }

    /**
     * @param planned where the plan lies on the device
     */
    void attend(
            Tensor q,
            Tensor k,
            Tensor v,
            long planned,
            @Nullable Tensor kinds,
            float scale,
            Tensor out) {
        int heads = q.size(1);
        long queries = q.size(2);
        long keys = k.size(2);
        long dim = q.size(3);
        long rows = Math.clamp(MOST_SCORES / Math.max(keys, 1), 1, Math.max(queries, 1));
        try (Block scores = new Block(DType.F32, rows, keys);
                Block weights = new Block(v.dtype(), rows, keys);
                Block values = new Block(v.dtype(), dim, keys);
                Block attended = new Block(out.dtype(), heads == 1 ? 0 : heads, queries, dim)) {
            for (int b = 0; b < q.size(0); b++) {
                for (int h = 0; h < heads; h++) {
                    shuffles.permute(v.get(b).get(h), new int[] {1, 0}, values.tensor);
                    Tensor to = heads == 1 ? out.get(b) : attended.tensor.get(h);
                    for (long from = 0; from < queries; from += rows) {
                        long end = Math.min(queries, from + rows);
                        Tensor s = scores.tensor.rows(0, end - from);
                        Tensor w = weights.tensor.rows(0, end - from);
                        Tensor some = q.get(b).get(h).rows(from, end);
                        gemm.linear(some, k.get(b).get(h), null, Activation.NONE, s);
                        Tensor kind = kinds == null ? null : kinds.get(b).rows(h, h + 1);
                        softmax(s, planned, kind, from, scale, w);
                        Tensor result = to.rows(from, end).reshape(end - from, dim);
                        gemm.linear(w, values.tensor, null, Activation.NONE, result);
                    }
                }
                if (heads > 1) {
                    shuffles.permute(attended.tensor, new int[] {1, 0, 2}, out.get(b));
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

    /** A tensor in memory that closing gives back. */
    private final class Block implements AutoCloseable {
        private final Scratch scratch;
        private final Tensor tensor;

        Block(DType dtype, long... dims) {
            Shape shape = Shape.of(dims);
            long bytes = Tensor.bytes(dtype, shape);
            scratch = gpu.scratch(bytes);
            tensor = new Tensor(dtype, shape, new DeviceStorage(scratch.address(), bytes), 0);
        }

        @Override
        public void close() {
            scratch.close();
        }
    }
}
