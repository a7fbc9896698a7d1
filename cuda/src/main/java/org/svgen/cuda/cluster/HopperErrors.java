package org.svgen.cuda.cluster;

import java.util.List;
import org.svgen.cuda.gpu.Alignment;
import org.svgen.cuda.gpu.DeviceStorage;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Gpu.Scratch;
import org.svgen.cuda.gpu.Places;
import org.svgen.cuda.gpu.Requirement;
import org.svgen.cuda.gpu.RowBoxes;
import org.svgen.cuda.gpu.SourceKernel;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.BlockErrorOp;

/**
 * How far off means of clusters are, by the kernels of cluster_error_sm90.cu, from keys less their
 * means and centroids of queries in bf16.
 */
final class HopperErrors extends SourceKernel<BlockErrorOp> {
    static final String SOURCE = "cluster_error_sm90";

    static final HopperAssign.Variant WIDE =
            new HopperAssign.Variant("cluster_error_d128", 256, 64, 640, 202128);
    static final HopperAssign.Variant NARROW =
            new HopperAssign.Variant("cluster_error_d64", 256, 64, 640, 103824);

    /** Parts of the clusters of a head, which blocks of threads share. */
    private static final int PARTS = 11;

    /** Terms that are copied with a tile's, and may lie behind the last. */
    private static final int BEHIND = 66;

    private static final int THREADS = 256;

    private static final List<Requirement<BlockErrorOp>> REQUIREMENTS =
            List.of(
                    new Requirement<>(
                            "heads of 64 or 128 channels",
                            o -> o.k().size(3) == 64 || o.k().size(3) == 128),
                    new Requirement<>("keys and values in bf16", HopperErrors::bf16),
                    new Requirement<>("tokens", o -> o.k().elements() > 0),
                    new Requirement<>(
                            "tensors at multiples of 16 bytes",
                            o -> Alignment.rows(8, 0, o.k(), o.v())));

    HopperErrors(Gpu gpu) {
        super(gpu, "Hopper", SOURCE, REQUIREMENTS);
    }

    private static boolean bf16(BlockErrorOp o) {
        return o.k().dtype() == DType.BF16 && o.v().dtype() == DType.BF16;
    }

    private static HopperAssign.Variant variant(BlockErrorOp o) {
        return o.k().size(3) == 64 ? NARROW : WIDE;
    }

    /**
     * Where operands lie.
     *
     * @param queries bf16, squares f32, of query centroids
     * @param keys bf16 [maps, N, D]
     * @param terms f32 [maps, N, 2], and behind them what a copy may read beyond
     * @param apart f32 [maps, Ck]
     */
    private record Layout(
            long queries, long squares, long keys, long terms, long apart, long bytes) {
        static Layout of(BlockErrorOp o) {
            RoundedRows rounded = RoundedRows.of(o.queries(), variant(o).rows());
            long maps = rounded.maps();
            Places places = new Places();
            return new Layout(
                    places.next(rounded.bytes()),
                    places.next(rounded.squareBytes()),
                    places.next(o.k().bytes()),
                    places.next((maps * o.k().size(2) + BEHIND) * 2 * Float.BYTES),
                    places.next(maps * o.keys().size(2) * Float.BYTES),
                    places.end());
        }
    }

    static long scratchBytes(BlockErrorOp o) {
        return Layout.of(o).bytes;
    }

    @Override
    public void run(BlockErrorOp o) {
        Layout layout = Layout.of(o);
        RoundedRows rounded = RoundedRows.of(o.queries(), variant(o).rows());
        try (Scratch scratch = gpu.scratch(layout.bytes)) {
            long at = scratch.address();
            rounded.write(gpu, o.queries(), o.queries(), at + layout.queries, at + layout.squares);
            takeApart(o, layout, at);
            addUp(o, layout, at, rounded);
            new Masses(o.queries(), o.keys(), o.bounds(), o.first(), o.scale())
                    .writeErrors(gpu, at + layout.apart, DeviceStorage.address(o.errors()));
        }
    }

    /** Keys less their means, in the order of clusters, and what values are off. */
    private void takeApart(BlockErrorOp o, Layout layout, long at) {
        int clusters = o.keys().size(2);
        gpu.kernel(RoundedRows.SOURCE, "cluster_apart")
                .struct()
                .pointer(o.k())
                .pointer(o.v())
                .pointer(o.bounds())
                .pointer(o.order())
                .pointer(o.keys())
                .pointer(o.values())
                .pointer(at + layout.keys)
                .pointer(at + layout.terms)
                .pointer(at + layout.apart)
                .i32(o.k().size(2))
                .i32(o.k().size(3))
                .i32(clusters)
                .i32(o.bounds().size(1))
                .i32(o.first())
                .end()
                .start(clusters, o.bounds().size(0), 1, THREADS);
    }

    private void addUp(BlockErrorOp o, Layout layout, long at, RoundedRows rounded) {
        HopperAssign.Variant variant = variant(o);
        Tensor k = o.k();
        int dim = k.size(3);
        RowBoxes queries = new RowBoxes(1, rounded.maps(), rounded.columns(), dim);
        RowBoxes keys = new RowBoxes(1, rounded.maps(), k.size(2), dim);
        gpu.kernel(SOURCE, variant.name(), variant.sharedBytes())
                .struct()
                .map(queries.whole(at + layout.queries, variant.rows()))
                .map(keys.whole(at + layout.keys, variant.columns()))
                .pointer(at + layout.terms)
                .pointer(o.bounds())
                .pointer(DeviceStorage.address(o.errors()))
                .i32(rounded.maps())
                .i32(k.size(2))
                .i32(rounded.clusters())
                .i32(o.keys().size(2))
                .i32(o.bounds().size(1))
                .i32(o.first())
                .i32(PARTS)
                .f32(o.scale())
                .end()
                .start(gpu.device().multiprocessors(), 1, 1, variant.threads());
    }
}
