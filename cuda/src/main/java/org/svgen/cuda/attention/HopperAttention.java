package org.svgen.cuda.attention;

import java.util.List;
import java.util.stream.Stream;
import org.svgen.cuda.ffi.TensorMap;
import org.svgen.cuda.gpu.DeviceStorage;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Gpu.Scratch;
import org.svgen.cuda.gpu.Launcher;
import org.svgen.cuda.gpu.Requirement;
import org.svgen.cuda.gpu.RowBoxes;
import org.svgen.cuda.gpu.SourceKernel;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.AttentionOp;

/** Attention in bf16 by the kernels of attention_sm90.cu, where the GPU has what they need. */
final class HopperAttention extends SourceKernel<AttentionCall> implements AutoCloseable {
    static final String SOURCE = "attention_sm90";

    private static final int PLACING_BLOCKS = 512;
    private static final int PLACING_THREADS = 256;

    /**
     * A kernel, as NAME_launch in attention_sm90.cu says.
     *
     * @param queries rows of a box of queries
     * @param keys rows of a box of keys
     */
    record Variant(String name, int queries, int keys, int threads, int sharedBytes) {}

    static final Variant WIDE = new Variant("attention_d128", 192, 128, 512, 230944);
    static final Variant NARROW = new Variant("attention_d64", 192, 128, 512, 149080);

    static final List<Requirement<AttentionCall>> REQUIREMENTS =
            Stream.concat(
                            Stream.of(
                                    new Requirement<AttentionCall>(
                                            "as many keys as queries, if their order changes",
                                            HopperAttention::places)),
                            TensorCoreAttention.REQUIREMENTS.stream())
                    .toList();

    private final WorkCounter counter;

    HopperAttention(Gpu gpu) {
        super(gpu, "Hopper", SOURCE, REQUIREMENTS);
        counter = new WorkCounter(gpu);
    }

    private static boolean places(AttentionCall c) {
        return c.op().q().size(2) == c.op().k().size(2) || !c.plan().reorders();
    }

    /** For copies of all heads in another order of tokens; nothing if no kind changes it. */
    static long scratchBytes(AttentionOp o) {
        boolean reorders = o.plan().kinds().stream().anyMatch(k -> !k.order().isIdentity());
        return reorders && o.q().dtype() == DType.BF16 ? 3 * o.q().bytes() : 0;
    }

    @Override
    public void run(AttentionCall c) {
        AttentionOp o = c.op();
        long[] stored = {
            DeviceStorage.address(o.q()), DeviceStorage.address(o.k()), DeviceStorage.address(o.v())
        };
        if (!c.plan().reorders()) {
            launch(c, stored, stored);
            return;
        }
        long bytes = o.q().bytes();
        try (Scratch scratch = gpu.scratch(scratchBytes(o))) {
            long at = scratch.address();
            long[] placed = {at, at + bytes, at + 2 * bytes};
            place(c, stored, placed);
            launch(c, stored, placed);
        }
    }

    /** Heads whose kind changes the order of tokens, in that order. */
    private void place(AttentionCall c, long[] stored, long[] placed) {
        Launcher launcher = gpu.kernel("attention_place", "attention_place").struct();
        for (long address : stored) {
            launcher.pointer(address);
        }
        for (long address : placed) {
            launcher.pointer(address);
        }
        launcher.pointer(c.plan().address())
                .pointer(c.op().kinds())
                .i32(c.heads())
                .i32(c.op().q().size(2))
                .i32(c.dim() / 8)
                .end()
                .start(PLACING_BLOCKS, c.heads(), 3, PLACING_THREADS);
    }

    /**
     * @param placed where heads lie whose kind changes the order; where they are stored if none
     *     does
     */
    private void launch(AttentionCall c, long[] stored, long[] placed) {
        AttentionOp o = c.op();
        Tensor q = o.q();
        Tensor k = o.k();
        Variant variant = c.dim() == RowBoxes.PANEL ? NARROW : WIDE;
        long work = counter.address();
        Launcher launcher = gpu.kernel(SOURCE, variant.name, variant.sharedBytes).struct();
        maps(launcher, q, k, stored, variant);
        if (c.plan().reorders()) {
            maps(launcher, q, k, placed, variant);
        } else {
            launcher.repeatMaps(3);
        }
        launcher.pointer(o.out())
                .pointer(c.plan().address())
                .pointer(o.kinds())
                .pointer(work)
                .i32(q.size(0))
                .i32(q.size(1))
                .i32(q.size(2))
                .f32(o.scale())
                .end()
                .start(gpu.device().multiprocessors(), 1, 1, variant.threads);
    }

    private static void maps(
            Launcher launcher, Tensor q, Tensor k, long[] tensors, Variant variant) {
        launcher.map(map(q, tensors[0], variant.queries))
                .map(map(k, tensors[1], variant.keys))
                .map(map(k, tensors[2], variant.keys));
    }

    /** Of a tensor like {@code t} that lies at {@code address}, in boxes of {@code rows} tokens. */
    private static TensorMap map(Tensor t, long address, int rows) {
        return boxes(t).whole(address, rows);
    }

    /** Of tensors like {@code t}, [batch, heads, tokens, dim]. */
    static RowBoxes boxes(Tensor t) {
        return new RowBoxes(t.size(0), t.size(1), t.size(2), t.size(3));
    }

    @Override
    public void close() {
        counter.close();
    }
}
