package org.svgen.cuda;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.cuda.Gpu.Scratch;
import org.svgen.cuda.ffi.TensorMap;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.AttentionPlan;

/** Attention in bf16 by the kernels of attention_sm90.cu, where the GPU has what they need. */
final class HopperAttention implements AutoCloseable {
    private static final String SOURCE = "attention_sm90";
    private static final int PANEL = 64; // channels: the 128 bytes that are swizzled together
    private static final int PLACING_BLOCKS = 512;
    private static final int PLACING_THREADS = 256;

    /**
     * A kernel, as NAME_launch in attention_sm90.cu says.
     *
     * @param queries rows of a box of queries
     * @param keys rows of a box of keys
     */
    private record Variant(String name, int queries, int keys, int threads, int sharedBytes) {}

    private static final Variant WIDE = new Variant("attention_d128", 128, 160, 384, 231968);
    private static final Variant NARROW = new Variant("attention_d64", 192, 128, 512, 150600);

    private final Gpu gpu;
    private long counter;

    HopperAttention(Gpu gpu) {
        this.gpu = gpu;
    }

    /** Of what {@link TensorAttention} takes, what this takes too. */
    boolean takes(Tensor q, Tensor k, AttentionPlan plan) {
        return gpu.kernels().architecture(SOURCE).isPresent()
                && (q.size(2) == k.size(2) || !reorders(plan));
    }

    private static boolean reorders(AttentionPlan plan) {
        return plan.kinds().stream().anyMatch(kind -> !kind.order().isIdentity());
    }

    /**
     * @param planned where the plan lies on the device
     */
    void attend(
            Tensor q,
            Tensor k,
            Tensor v,
            AttentionPlan plan,
            long planned,
            @Nullable Tensor kinds,
            float scale,
            Tensor out) {
        long[] stored = {
            DeviceStorage.address(q), DeviceStorage.address(k), DeviceStorage.address(v)
        };
        if (!reorders(plan)) {
            launch(q, k, stored, stored, planned, kinds, scale, out);
            return;
        }
        long bytes = q.elements() * Short.BYTES;
        try (Scratch scratch = gpu.scratch(3 * bytes)) {
            long at = scratch.address();
            long[] placed = {at, at + bytes, at + 2 * bytes};
            place(q, stored, placed, planned, kinds);
            launch(q, k, stored, placed, planned, kinds, scale, out);
        }
    }

    /** Heads whose kind changes the order of tokens, in that order. */
    private void place(
            Tensor q, long[] stored, long[] placed, long planned, @Nullable Tensor kinds) {
        int heads = q.size(0) * q.size(1);
        Launcher launcher = gpu.kernel("attention_place", "attention_place").struct();
        for (long address : stored) {
            launcher.pointer(address);
        }
        for (long address : placed) {
            launcher.pointer(address);
        }
        launcher.pointer(planned)
                .pointer(kinds)
                .i32(heads)
                .i32(q.size(2))
                .i32(q.size(3) / 8)
                .end()
                .start(PLACING_BLOCKS, heads, 3, PLACING_THREADS);
    }

    private void launch(
            Tensor q,
            Tensor k,
            long[] stored,
            long[] placed,
            long planned,
            @Nullable Tensor kinds,
            float scale,
            Tensor out) {
        Variant variant = q.size(3) == PANEL ? NARROW : WIDE;
        long work = counter();
        Launcher launcher = gpu.kernel(SOURCE, variant.name, variant.sharedBytes).struct();
        for (long[] tensors : List.of(stored, placed)) {
            launcher.map(map(q, tensors[0], variant.queries));
            launcher.map(map(k, tensors[1], variant.keys));
            launcher.map(map(k, tensors[2], variant.keys));
        }
        launcher.pointer(out)
                .pointer(planned)
                .pointer(kinds)
                .pointer(work)
                .i32(q.size(0))
                .i32(q.size(1))
                .i32(q.size(2))
                .f32(scale)
                .end()
                .start(gpu.device().multiprocessors(), 1, 1, variant.threads);
    }

    /** Of a tensor like {@code t}, [batch, heads, tokens, dim], in boxes of {@code rows} tokens. */
    private static TensorMap map(Tensor t, long address, int rows) {
        long heads = t.size(1);
        long tokens = t.size(2);
        int dim = t.size(3);
        long row = (long) dim * Short.BYTES;
        return new TensorMap(
                TensorMap.Type.BF16,
                address,
                List.of((long) PANEL, tokens, (long) dim / PANEL, heads, (long) t.size(0)),
                List.of(row, (long) PANEL * Short.BYTES, row * tokens, row * tokens * heads),
                List.of(PANEL, rows, dim / PANEL, 1, 1),
                TensorMap.Swizzle.BYTES_128);
    }

    /** Two zeros, which the kernel uses and leaves as zeros. */
    private long counter() {
        if (counter == 0) {
            counter = gpu.allocate(2 * Integer.BYTES, "a counter of attention's work");
            gpu.staging().toDevice(new int[2], counter);
        }
        return counter;
    }

    @Override
    public void close() {
        if (counter != 0) {
            gpu.free(counter);
            counter = 0;
        }
    }
}
