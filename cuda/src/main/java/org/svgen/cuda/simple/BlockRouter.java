package org.svgen.cuda.simple;

import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Launcher;
import org.svgen.tensor.op.BlockErrorOp;
import org.svgen.tensor.op.BlockMassOp;
import org.svgen.tensor.op.RouteBlocksOp;

/** Which clusters of keys a cluster of queries attends to: kernels of routing.cu. */
public final class BlockRouter {
    private static final String SOURCE = "routing";
    private static final int ROWS = 256;
    private static final int COLUMNS = 32;
    private static final int THREADS = 256;

    private final Gpu gpu;

    public BlockRouter(Gpu gpu) {
        this.gpu = gpu;
    }

    public void run(BlockMassOp o) {
        int rows = o.queries().size(2);
        int clusters = o.keys().size(2);
        Launcher launcher = gpu.kernel(SOURCE, "block_mass").struct();
        launcher.elements(o.queries())
                .elements(null)
                .elements(null)
                .pointer(o.bounds())
                .pointer(0)
                .elements(o.keys())
                .elements(null)
                .pointer(o.masses())
                .i32(rows)
                .i32(clusters)
                .i32(0)
                .i32(o.queries().size(3))
                .i32(o.bounds().size(1))
                .i32(o.first())
                .f32(o.scale())
                .end()
                .start(
                        Math.ceilDiv(rows, ROWS),
                        Math.ceilDiv(clusters, COLUMNS),
                        o.bounds().size(0),
                        THREADS);
    }

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

    public void run(RouteBlocksOp o) {
        RouteBlocksOp.Limit limit = o.limit();
        gpu.kernel(SOURCE, "route_blocks")
                .struct()
                .pointer(o.scores())
                .pointer(o.masses())
                .pointer(o.bounds())
                .pointer(o.bits())
                .i64(Double.doubleToRawLongBits(limit.mass()))
                .i64(Double.doubleToRawLongBits(limit.keys()))
                .i32(o.scores().size(1))
                .i32(o.scores().size(2))
                .i32(o.bounds().size(1) - 1)
                .i32(o.bits().size(1))
                .i32(o.bits().size(2))
                .i32(o.first())
                .i32(limit.floor())
                .end()
                .start(o.bits().size(1), o.bits().size(0), 1, THREADS);
    }
}
