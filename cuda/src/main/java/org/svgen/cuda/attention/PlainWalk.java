package org.svgen.cuda.attention;

import java.util.List;
import org.svgen.cuda.gpu.Alignment;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Kernel;
import org.svgen.cuda.gpu.Requirement;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.KeyWalk;
import org.svgen.tensor.op.ProfileOp;

/** The profile of attention by any plan, in f32: profile_plain.cu. */
final class PlainWalk implements Kernel<ProfileOp> {
    private static final String SOURCE = "profile_plain";
    private static final int ROWS = 64;
    private static final int KEYS = 32;
    private static final int THREADS = 256;
    private static final int BLOCKS_A_MULTIPROCESSOR = 4;

    /** Keys of a split at least, so that splits are worth a block. */
    private static final int LEAST_KEYS = 256;

    private final Gpu gpu;
    private final WalkLaunch launch;

    PlainWalk(Gpu gpu) {
        this.gpu = gpu;
        launch = new WalkLaunch(gpu);
    }

    @Override
    public String name() {
        return "plain";
    }

    @Override
    public List<Requirement<ProfileOp>> requirements() {
        return List.of();
    }

    @Override
    public void run(ProfileOp o) {
        Tensor q = o.q();
        Tensor k = o.k();
        int dim = q.size(3);
        int heads = q.size(0) * q.size(1);
        int tiles = Math.ceilDiv(o.rows().length, ROWS);
        int pitch = Math.ceilDiv(dim, 4) * 4 + 4;
        int shared = ((ROWS + 2 * KEYS) * pitch + ROWS * (KEYS + 1)) * Float.BYTES;
        launch.run(
                o,
                walks -> splits(walks, tiles * o.wholeHeads()),
                (tables, walks) ->
                        walks.apply(
                                        gpu.kernel(SOURCE, "walk_plain", shared)
                                                .struct()
                                                .elements(q)
                                                .elements(k)
                                                .elements(o.v()))
                                .i32(q.size(2))
                                .i32(k.size(2))
                                .i32(dim)
                                .f32(o.scale())
                                .flag(Alignment.rows(4, dim, q, k, o.v()))
                                .end()
                                .start(
                                        (long) tiles * tables.splits(),
                                        heads,
                                        tables.walks(),
                                        THREADS));
    }

    private int splits(List<KeyWalk> walks, int blocks) {
        long wanted = (long) BLOCKS_A_MULTIPROCESSOR * gpu.device().multiprocessors();
        long unsplit = Math.max((long) blocks * walks.size(), 1);
        int keys = walks.stream().mapToInt(KeyWalk::end).max().orElse(0);
        int most = Math.max(1, Math.ceilDiv(keys, LEAST_KEYS));
        return Math.toIntExact(Math.clamp(Math.ceilDiv(wanted, unsplit), 1, most));
    }
}
