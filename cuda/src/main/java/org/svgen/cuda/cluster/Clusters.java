package org.svgen.cuda.cluster;

import java.util.List;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Gpu.Scratch;
import org.svgen.cuda.gpu.Kernels;
import org.svgen.cuda.gpu.Launcher;
import org.svgen.cuda.gpu.MeanThreads;
import org.svgen.tensor.op.AssignOp;
import org.svgen.tensor.op.ClusterMeansOp;
import org.svgen.tensor.op.GroupOp;
import org.svgen.tensor.op.InteractOp;

/** k-means over the tokens of each head: kernels of clusters.cu. */
public final class Clusters {
    private static final String SOURCE = "clusters";
    private static final int CHUNK = 1024; // tokens, a thread each
    private static final int ELEMENTS = 128; // threads of a row, and of some labels
    private static final int SOME = 8; // rows of the metric, or centroids, of a block
    private static final int PARTS = 4; // of the rows that make the metric

    private final Gpu gpu;
    private final HopperAssign hopper;
    private final Kernels<AssignOp> assigning;

    public Clusters(Gpu gpu) {
        this.gpu = gpu;
        hopper = new HopperAssign(gpu);
        assigning = new Kernels<>(List.of(hopper, new PlainAssign(gpu)));
    }

    public void run(AssignOp o) {
        assigning.run(o);
    }

    /** What an operation takes beside its operands, if it is much. */
    public long scratchBytes(AssignOp o) {
        return hopper.refuses(o).isEmpty() ? HopperAssign.scratchBytes(o) : 0;
    }

    /** The kernels that find the nearest centroids in the order in which they are asked. */
    public List<String> description() {
        return assigning.description();
    }

    public void run(GroupOp o) {
        int maps = o.labels().size(0);
        int chunks = Math.max(1, Math.ceilDiv(o.labels().size(1), CHUNK));
        try (Scratch counts = gpu.scratch((long) Integer.BYTES * maps * chunks * o.clusters())) {
            group(o, "count_labels", counts, chunks).start(chunks, maps, 1, CHUNK);
            group(o, "count_before", counts, chunks)
                    .start(Math.ceilDiv(o.clusters(), ELEMENTS), maps, 1, ELEMENTS);
            group(o, "bound_labels", counts, chunks).start(maps, 1, 1, CHUNK);
            group(o, "place_labels", counts, chunks).start(chunks, maps, 1, CHUNK);
        }
    }

    private Launcher group(GroupOp o, String kernel, Scratch counts, int chunks) {
        return gpu.kernel(SOURCE, kernel)
                .struct()
                .pointer(o.labels())
                .pointer(counts.address())
                .pointer(o.bounds())
                .pointer(o.order())
                .i32(o.labels().size(1))
                .i32(o.from())
                .i32(o.to())
                .i32(o.order().size(1))
                .i32(chunks)
                .i32(o.clusters())
                .i32(o.bounds().size(1) - 1)
                .end();
    }

    public void run(ClusterMeansOp o) {
        gpu.kernel(SOURCE, "cluster_means")
                .struct()
                .elements(o.x())
                .pointer(o.bounds())
                .pointer(o.order())
                .pointer(o.centroids())
                .i32(o.x().size(2))
                .i32(o.x().size(3))
                .i32(o.bounds().size(1))
                .i32(o.first())
                .i32(o.centroids().size(2))
                .end()
                .start(
                        o.centroids().size(2),
                        o.bounds().size(0),
                        1,
                        MeanThreads.of(o.x().size(2), o.centroids().size(2)));
    }

    public void run(InteractOp o) {
        int maps = o.bounds().size(0);
        interact(o, "cluster_metric")
                .start(Math.ceilDiv(o.metric().size(3), SOME), maps, 1, PARTS * ELEMENTS);
        interact(o, "weigh_centroids")
                .start(Math.ceilDiv(o.centroids().size(2), SOME), maps, 1, ELEMENTS);
    }

    private Launcher interact(InteractOp o, String kernel) {
        return gpu.kernel(SOURCE, kernel)
                .struct()
                .pointer(o.centroids())
                .pointer(o.others())
                .pointer(o.bounds())
                .pointer(o.metric())
                .pointer(o.out())
                .i32(o.metric().size(3))
                .i32(o.others().size(2))
                .i32(o.centroids().size(2))
                .i32(o.bounds().size(1))
                .i32(o.first())
                .end();
    }
}
