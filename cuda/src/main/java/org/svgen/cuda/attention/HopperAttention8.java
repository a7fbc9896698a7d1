package org.svgen.cuda.attention;

import java.util.List;
import org.svgen.cuda.attention.HopperAttention.Variant;
import org.svgen.cuda.ffi.TensorMap;
import org.svgen.cuda.ffi.TensorMap.Swizzle;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Gpu.Scratch;
import org.svgen.cuda.gpu.Launcher;
import org.svgen.cuda.gpu.SourceKernel;
import org.svgen.tensor.op.AttentionOp;

/**
 * Attention in 8 bits by the kernels of attention8_sm90.cu. Those of attention8_place.cu write
 * queries, keys and values in 8 bits before, in the token order of each head's kind.
 */
final class HopperAttention8 extends SourceKernel<AttentionCall> implements AutoCloseable {
    static final String SOURCE = "attention8_sm90";
    static final Variant WIDE = new Variant("attention8_d128", 192, 128, 512, 220752);
    static final Variant NARROW = new Variant("attention8_d64", 192, 128, 512, 147168);

    private static final String PLACING = "attention8_place";
    private static final int PLACING_BLOCKS = 64;
    private static final int PLACING_THREADS = 256;

    /** Tokens of a box of values: bytes that are swizzled together. */
    private static final int VALUE_BOX = 128;

    private final WorkCounter counter;

    HopperAttention8(Gpu gpu) {
        super(gpu, "Hopper", SOURCE, HopperAttention.REQUIREMENTS);
        counter = new WorkCounter(gpu);
    }

    /** For queries, keys and values in 8 bits. */
    static long scratchBytes(AttentionOp o) {
        return Operands8.of(o).bytes();
    }

    @Override
    public void run(AttentionCall c) {
        Operands8 operands = Operands8.of(c.op());
        int heads = c.heads();
        try (Scratch scratch = gpu.scratch(operands.bytes())) {
            long at = scratch.address();
            placing("attention8_sums_d", c, operands, at)
                    .start(Operands8.PARTS, heads, 1, PLACING_THREADS);
            placing("attention8_scales_d", c, operands, at).start(heads, 1, 1, c.dim());
            placing("attention8_place_d", c, operands, at)
                    .start(PLACING_BLOCKS, heads, 3, PLACING_THREADS);
            launch(c, operands, at);
        }
    }

    /** A kernel of attention8_place.cu with its parameter. */
    private Launcher placing(String name, AttentionCall c, Operands8 operands, long at) {
        AttentionOp o = c.op();
        Launcher launcher = gpu.kernel(PLACING, name + c.dim()).struct();
        launcher.pointer(o.q()).pointer(o.k()).pointer(o.v());
        return operands.fields(launcher, at)
                .pointer(at + operands.sums())
                .pointer(at + operands.most())
                .pointer(at + operands.mean())
                .pointer(c.plan().address())
                .pointer(o.kinds())
                .i32(o.q().size(2))
                .f32(o.scale())
                .end();
    }

    private void launch(AttentionCall c, Operands8 operands, long at) {
        AttentionOp o = c.op();
        Variant variant = c.dim() == 64 ? NARROW : WIDE;
        int queries = o.q().size(2);
        Launcher launcher =
                gpu.kernel(SOURCE, variant.name(), variant.sharedBytes())
                        .struct()
                        .map(tokens(c, at + operands.q(), queries, variant.queries()))
                        .map(tokens(c, at + operands.k(), operands.keys(), variant.keys()))
                        .map(values(c, at + operands.v(), operands.keys()));
        operands.fields(launcher, at)
                .pointer(o.out())
                .pointer(c.plan().address())
                .pointer(o.kinds())
                .pointer(counter.address())
                .i32(o.q().size(0))
                .i32(o.q().size(1))
                .i32(queries)
                .end()
                .start(gpu.device().multiprocessors(), 1, 1, variant.threads());
    }

    /** Of rows of channels, in boxes of {@code box} tokens. */
    private static TensorMap tokens(AttentionCall c, long address, int tokens, int box) {
        return map(c, address, c.dim(), tokens, c.dim(), box);
    }

    /** Of rows of tokens, in boxes of all channels. */
    private static TensorMap values(AttentionCall c, long address, int keys) {
        return map(c, address, Operands8.valueTokens(keys), c.dim(), VALUE_BOX, c.dim());
    }

    private static TensorMap map(
            AttentionCall c, long address, long row, long rows, int boxRow, int boxRows) {
        return new TensorMap(
                TensorMap.Type.U8,
                address,
                List.of(row, rows, (long) c.heads()),
                List.of(row, row * rows),
                List.of(boxRow, boxRows, 1),
                boxRow == 64 ? Swizzle.BYTES_64 : Swizzle.BYTES_128);
    }

    @Override
    public void close() {
        counter.close();
    }
}
