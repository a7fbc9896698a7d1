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
import org.svgen.tensor.op.AssignOp;

/**
 * The nearest centroids by the kernels of cluster_assign_sm90.cu. Centroids are rounded to bf16, so
 * that a token that lies about halfway between two may get the other one.
 */
final class HopperAssign extends SourceKernel<AssignOp> {
    static final String SOURCE = "cluster_assign_sm90";

    /**
     * A kernel, as NAME_launch in its source says.
     *
     * @param rows of a tile, and of a box
     * @param columns of a tile, and of a box
     */
    record Variant(String name, int rows, int columns, int threads, int sharedBytes) {}

    static final Variant WIDE = new Variant("cluster_assign_d128", 192, 144, 512, 200016);
    static final Variant NARROW = new Variant("cluster_assign_d64", 192, 128, 512, 127088);

    private static final List<Requirement<AssignOp>> REQUIREMENTS =
            List.of(
                    new Requirement<>(
                            "heads of 64 or 128 channels",
                            o -> o.x().size(3) == 64 || o.x().size(3) == 128),
                    new Requirement<>("tokens in bf16", o -> o.x().dtype() == DType.BF16),
                    new Requirement<>("tokens", o -> o.labels().elements() > 0),
                    new Requirement<>(
                            "tensors at multiples of 16 bytes", o -> Alignment.rows(8, 0, o.x())));

    HopperAssign(Gpu gpu) {
        super(gpu, "Hopper", SOURCE, REQUIREMENTS);
    }

    private static Variant variant(AssignOp o) {
        return o.x().size(3) == 64 ? NARROW : WIDE;
    }

    /**
     * Where operands lie.
     *
     * @param centroids bf16 [maps, columns, D]
     * @param squares f32 [maps, columns]
     */
    private record Layout(RoundedRows rounded, long centroids, long squares, long bytes) {
        static Layout of(AssignOp o) {
            RoundedRows rounded = RoundedRows.of(o.centroids(), variant(o).columns);
            Places places = new Places();
            return new Layout(
                    rounded,
                    places.next(rounded.bytes()),
                    places.next(rounded.squareBytes()),
                    places.end());
        }
    }

    static long scratchBytes(AssignOp o) {
        return Layout.of(o).bytes;
    }

    @Override
    public void run(AssignOp o) {
        Variant variant = variant(o);
        Tensor x = o.x();
        Layout layout = Layout.of(o);
        RoundedRows rounded = layout.rounded;
        try (Scratch scratch = gpu.scratch(layout.bytes)) {
            long centroids = scratch.address() + layout.centroids;
            long squares = scratch.address() + layout.squares;
            Tensor weighed = o.weighed() == null ? o.centroids() : o.weighed();
            rounded.write(gpu, o.centroids(), weighed, centroids, squares);
            RowBoxes tokens = new RowBoxes(x.size(0), x.size(1), x.size(2), x.size(3));
            RowBoxes columns = new RowBoxes(1, rounded.maps(), rounded.columns(), x.size(3));
            gpu.kernel(SOURCE, variant.name, variant.sharedBytes)
                    .struct()
                    .map(tokens.whole(DeviceStorage.address(x), variant.rows))
                    .map(columns.whole(centroids, variant.columns))
                    .pointer(squares)
                    .pointer(o.labels())
                    .i32(rounded.maps())
                    .i32(x.size(1))
                    .i32(o.from())
                    .i32(o.labels().size(1))
                    .i32(rounded.columns())
                    .end()
                    .start(gpu.device().multiprocessors(), 1, 1, variant.threads);
        }
    }
}
