package org.svgen.cuda.cluster;

import java.util.List;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Gpu.Scratch;
import org.svgen.cuda.gpu.Kernel;
import org.svgen.cuda.gpu.Launcher;
import org.svgen.cuda.gpu.Requirement;
import org.svgen.tensor.op.AssignOp;

/** The nearest centroids in f32: clusters.cu. */
final class PlainAssign implements Kernel<AssignOp> {
    private static final String SOURCE = "clusters";
    private static final int ROWS = 256;
    private static final int THREADS = 256;

    private final Gpu gpu;

    PlainAssign(Gpu gpu) {
        this.gpu = gpu;
    }

    @Override
    public String name() {
        return "plain";
    }

    @Override
    public List<Requirement<AssignOp>> requirements() {
        return List.of();
    }

    @Override
    public void run(AssignOp o) {
        int count = o.labels().size(1);
        int maps = o.labels().size(0);
        long centroids = (long) maps * o.centroids().size(2);
        try (Scratch squares = gpu.scratch(Float.BYTES * centroids)) {
            assign(o, "weighed_squares", squares).start(32 * centroids, THREADS);
            assign(o, "assign_clusters", squares)
                    .start(Math.ceilDiv(count, ROWS), maps, 1, THREADS);
        }
    }

    private Launcher assign(AssignOp o, String kernel, Scratch squares) {
        return gpu.kernel(SOURCE, kernel)
                .struct()
                .elements(o.x())
                .elements(o.centroids())
                .elements(o.weighed() == null ? o.centroids() : o.weighed())
                .pointer(squares.address())
                .pointer(o.labels())
                .i32(o.x().size(2))
                .i32(o.x().size(3))
                .i32(o.from())
                .i32(o.labels().size(1))
                .i32(o.centroids().size(2))
                .i32(o.labels().size(0))
                .end();
    }
}
