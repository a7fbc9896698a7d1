package org.svgen.cuda.attention;

import java.util.List;
import java.util.stream.Stream;
import org.svgen.cuda.gpu.Alignment;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Kernel;
import org.svgen.cuda.gpu.Requirement;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.KeyWalk;
import org.svgen.tensor.op.ProfileOp;

/**
 * The profile of attention by any plan, in bf16, in one pass over keys and values for each order of
 * tokens: kernels of profile_walk.cu.
 */
final class TensorCoreWalk implements Kernel<ProfileOp> {
    private static final String SOURCE = "profile_walk";

    /** Queries, and keys, of a tile. */
    private static final int ROWS = 64;

    private static final int KEYS = 64;
    private static final int THREADS = 128;
    private static final int STAGES = 2;
    private static final double LOG2_E = 1.4426950408889634;

    /** What profiles on tensor cores ask of a call. */
    static final List<Requirement<ProfileOp>> REQUIREMENTS =
            List.of(
                    new Requirement<>(
                            "heads of 64 or 128 channels",
                            o -> o.q().size(3) == 64 || o.q().size(3) == 128),
                    new Requirement<>(
                            "operands in bf16",
                            o ->
                                    Stream.of(o.q(), o.k(), o.v())
                                            .allMatch(t -> t.dtype() == DType.BF16)),
                    new Requirement<>(
                            "tensors at multiples of 16 bytes",
                            o -> Alignment.rows(8, 0, o.q(), o.k(), o.v())),
                    new Requirement<>("rows", o -> o.rows().length > 0),
                    new Requirement<>("a positive scale", o -> o.scale() > 0));

    private final Gpu gpu;
    private final WalkLaunch launch;

    TensorCoreWalk(Gpu gpu) {
        this.gpu = gpu;
        launch = new WalkLaunch(gpu);
    }

    @Override
    public String name() {
        return "tensor cores, a pass for each order";
    }

    @Override
    public List<Requirement<ProfileOp>> requirements() {
        return REQUIREMENTS;
    }

    @Override
    public void run(ProfileOp o) {
        Tensor q = o.q();
        Tensor k = o.k();
        int dim = q.size(3);
        int heads = q.size(0) * q.size(1);
        int tiles = Math.ceilDiv(o.rows().length, ROWS);
        int slots = gpu.device().multiprocessors() * (dim == 64 ? 4 : 3);
        int shared = STAGES * 2 * KEYS * (dim + 8) * Short.BYTES;
        launch.run(
                o,
                walks -> Splits.filling(tiles * o.wholeHeads() * walks.size(), end(walks), slots),
                (tables, walks) ->
                        walks.apply(
                                        gpu.kernel(
                                                        SOURCE,
                                                        dim == 64 ? "walk_d64" : "walk_d128",
                                                        shared)
                                                .struct()
                                                .pointer(q)
                                                .pointer(k)
                                                .pointer(o.v()))
                                .i32(q.size(2))
                                .i32(k.size(2))
                                .f32((float) (o.scale() * LOG2_E))
                                .end()
                                .start(
                                        (long) tiles * tables.splits(),
                                        heads,
                                        tables.walks(),
                                        THREADS));
    }

    private static int end(List<KeyWalk> walks) {
        return walks.stream().mapToInt(KeyWalk::end).max().orElse(0);
    }
}
