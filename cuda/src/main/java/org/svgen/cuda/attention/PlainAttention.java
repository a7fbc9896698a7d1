package org.svgen.cuda.attention;

import java.util.List;
import org.svgen.cuda.gpu.Alignment;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Kernel;
import org.svgen.cuda.gpu.Requirement;
import org.svgen.tensor.op.AttentionOp;

/** Attention by any plan, in f32: attention.cu. */
final class PlainAttention implements Kernel<AttentionCall> {
    /** The longest head that the kernel takes; {@link LongHeadsAttention} is for longer ones. */
    static final int MOST_HEAD_DIM = 128;

    static final String SOURCE = "attention";

    /** Queries, and keys, of a tile. */
    static final int ROWS = 64;

    private static final int KEYS = 32;
    static final int THREADS = 256;

    private static final List<Requirement<AttentionCall>> REQUIREMENTS =
            List.of(
                    new Requirement<>(
                            "heads of 128 channels at most", c -> c.dim() <= MOST_HEAD_DIM));

    private final Gpu gpu;

    PlainAttention(Gpu gpu) {
        this.gpu = gpu;
    }

    @Override
    public String name() {
        return "plain";
    }

    @Override
    public List<Requirement<AttentionCall>> requirements() {
        return REQUIREMENTS;
    }

    @Override
    public void run(AttentionCall c) {
        AttentionOp o = c.op();
        int queries = o.q().size(2);
        int dim = c.dim();
        gpu.kernel(SOURCE, "attend", sharedBytes(dim))
                .struct()
                .elements(o.q())
                .elements(o.k())
                .elements(o.v())
                .elements(o.out())
                .pointer(c.plan().address())
                .pointer(o.kinds())
                .i32(o.q().size(1))
                .i32(queries)
                .i32(o.k().size(2))
                .i32(dim)
                .f32(o.scale())
                .flag(Alignment.rows(4, dim, o.q(), o.k(), o.v()))
                .end()
                .start(Math.ceilDiv(queries, ROWS), c.heads(), 1, THREADS);
    }

    /** Shared memory of a tile (plain_tile.cuh) of heads of {@code dim} channels. */
    static int sharedBytes(int dim) {
        int pitch = Math.ceilDiv(dim, 4) * 4 + 4;
        return ((ROWS + 2 * KEYS) * pitch + ROWS * (KEYS + 1)) * Float.BYTES;
    }
}
