package org.svgen.cuda.cluster;

import java.util.List;
import org.svgen.cuda.gpu.DeviceStorage;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Kernels;
import org.svgen.tensor.op.BlockErrorOp;
import org.svgen.tensor.op.BlockMassOp;
import org.svgen.tensor.op.RouteBlocksOp;

/** Which clusters of keys a cluster of queries attends to: kernels of routing.cu. */
public final class BlockRouter {
    private static final String SOURCE = "routing";
    private static final int THREADS = 256;

    private final Gpu gpu;
    private final HopperErrors hopper;
    private final Kernels<BlockErrorOp> telling;

    public BlockRouter(Gpu gpu) {
        this.gpu = gpu;
        hopper = new HopperErrors(gpu);
        telling = new Kernels<>(List.of(hopper, new PlainErrors(gpu)));
    }

    public void run(BlockMassOp o) {
        new Masses(o.queries(), o.keys(), o.bounds(), o.first(), o.scale())
                .write(gpu, DeviceStorage.address(o.masses()));
    }

    public void run(BlockErrorOp o) {
        telling.run(o);
    }

    /** What an operation takes beside its operands, if it is much. */
    public long scratchBytes(BlockErrorOp o) {
        return hopper.refuses(o).isEmpty() ? HopperErrors.scratchBytes(o) : 0;
    }

    /** The kernels that tell errors in the order in which they are asked. */
    public List<String> description() {
        return telling.description();
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
                .i32(limit.own() ? 1 : 0)
                .end()
                .start(o.bits().size(1), o.bits().size(0), 1, THREADS);
    }
}
