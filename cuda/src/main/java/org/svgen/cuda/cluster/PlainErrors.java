package org.svgen.cuda.cluster;

import java.util.List;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Kernel;
import org.svgen.cuda.gpu.Requirement;
import org.svgen.tensor.op.BlockErrorOp;

/** How far off means of clusters are, in f32: routing.cu. */
final class PlainErrors implements Kernel<BlockErrorOp> {
    private static final String SOURCE = "routing";
    private static final int ROWS = 256;
    private static final int THREADS = 256;

    private final Gpu gpu;

    PlainErrors(Gpu gpu) {
        this.gpu = gpu;
    }

    @Override
    public String name() {
        return "plain";
    }

    @Override
    public List<Requirement<BlockErrorOp>> requirements() {
        return List.of();
    }

    @Override
    public void run(BlockErrorOp o) {
        int rows = o.queries().size(2);
        int clusters = o.keys().size(2);
        gpu.kernel(SOURCE, "block_error")
                .struct()
                .elements(o.queries())
                .elements(o.k())
                .elements(o.v())
                .pointer(o.bounds())
                .pointer(o.order())
                .elements(o.keys())
                .elements(o.values())
                .pointer(0)
                .pointer(o.errors())
                .i32(rows)
                .i32(clusters)
                .i32(o.k().size(2))
                .i32(o.k().size(3))
                .i32(o.bounds().size(1))
                .i32(o.first())
                .f32(o.scale())
                .end()
                .start(Math.ceilDiv(rows, ROWS), clusters, o.bounds().size(0), THREADS);
    }
}
