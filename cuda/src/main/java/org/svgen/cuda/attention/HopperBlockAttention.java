package org.svgen.cuda.attention;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.svgen.cuda.gpu.Alignment;
import org.svgen.cuda.gpu.DeviceStorage;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Gpu.Scratch;
import org.svgen.cuda.gpu.Launcher;
import org.svgen.cuda.gpu.Requirement;
import org.svgen.cuda.gpu.RowBoxes;
import org.svgen.cuda.gpu.SourceKernel;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.BlockAttentionOp;
import org.svgen.tensor.op.BlockMap;
import org.svgen.tensor.op.BlockTail;

/**
 * Attention by maps of blocks in bf16, by the kernels of attention_blocks_sm90.cu: one kernel makes
 * tables of a map, others put rows in the order of their blocks, then the keys of each tile of
 * queries are gathered and attended to.
 */
final class HopperBlockAttention extends SourceKernel<BlockAttentionOp> implements AutoCloseable {
    static final String SOURCE = "attention_blocks_sm90";

    private static final String TABLES = "attention_block_tables";

    private static final float LOG2_E = 1.44269504f;

    /** Queries of a group, which are copied together. */
    private static final int GROUP = 64;

    /** Keys that are copied together, where they follow each other; or all of a tile. */
    private static final int[] BOXES = {8, 16, 32, 64};

    private static final int PLACING_BLOCKS = 512;
    private static final int THREADS = 256;

    static final HopperAttention.Variant WIDE =
            new HopperAttention.Variant("attention_blocks_d128", 192, 128, 512, 231232);
    static final HopperAttention.Variant NARROW =
            new HopperAttention.Variant("attention_blocks_d64", 192, 128, 512, 149648);

    private static final List<Requirement<BlockAttentionOp>> REQUIREMENTS =
            List.of(
                    new Requirement<>(
                            "heads of 64 or 128 channels",
                            o -> o.q().size(3) == 64 || o.q().size(3) == 128),
                    new Requirement<>("a positive scale", o -> o.scale() > 0),
                    new Requirement<>(
                            "operands and result in bf16",
                            o -> operands(o).allMatch(t -> t.dtype() == DType.BF16)),
                    new Requirement<>(
                            "tensors at multiples of 16 bytes", HopperBlockAttention::aligned),
                    new Requirement<>("tokens", o -> o.q().elements() > 0 && o.k().elements() > 0),
                    new Requirement<>("blocks of keys", o -> o.map().keys().count() > 0));

    private final WorkCounter counter;

    HopperBlockAttention(Gpu gpu) {
        super(gpu, "Hopper", SOURCE, REQUIREMENTS);
        counter = new WorkCounter(gpu);
    }

    private static Stream<Tensor> operands(BlockAttentionOp o) {
        return Stream.of(o.q(), o.k(), o.v(), o.out());
    }

    private static boolean aligned(BlockAttentionOp o) {
        BlockTail tail = o.tail();
        return Alignment.rows(8, 0, o.q(), o.k(), o.v(), o.out())
                && (tail == null || Alignment.rows(8, 0, tail.keys(), tail.values()));
    }

    private static HopperAttention.Variant variant(BlockAttentionOp o) {
        return o.q().size(3) == 64 ? NARROW : WIDE;
    }

    /** For tables, and for copies in the order of blocks. */
    static long scratchBytes(BlockAttentionOp o) {
        return BlockTables.of(o, variant(o)).bytes();
    }

    @Override
    public void run(BlockAttentionOp o) {
        BlockTables tables = BlockTables.of(o, variant(o));
        long work = counter.address();
        try (Scratch scratch = gpu.scratch(tables.bytes())) {
            long at = scratch.address();
            fillTables(o, tables, at);
            place(o, tables, at);
            convertMeans(o.tail(), tables, at);
            attend(o, tables, at, work);
        }
    }

    private void fillTables(BlockAttentionOp o, BlockTables tables, long at) {
        BlockMap map = o.map();
        gpu.kernel(TABLES, TABLES)
                .struct()
                .pointer(map.queries().bounds())
                .pointer(map.keys().bounds())
                .pointer(map.bits())
                .pointer(at + tables.heavy())
                .pointer(at + tables.groups())
                .pointer(at + tables.counts())
                .pointer(at + tables.bias())
                .i32(o.q().size(2))
                .i32(map.queries().count())
                .i32(map.keys().count())
                .i32(map.bits().size(2))
                .i32(tables.most())
                .i32(tables.pitch())
                .f32(o.scale())
                .end()
                .start(map.queries().maps(), 1, 1, THREADS);
    }

    /** Rows in the order of their blocks, where that is not the stored one. */
    private void place(BlockAttentionOp o, BlockTables tables, long at) {
        Tensor queries = o.map().queries().order();
        Tensor keys = o.map().keys().order();
        if (queries == null && keys == null) {
            return;
        }
        gpu.kernel(TABLES, "attention_block_place")
                .struct()
                .pointer(o.q())
                .pointer(o.k())
                .pointer(o.v())
                .pointer(at + tables.q())
                .pointer(at + tables.k())
                .pointer(at + tables.v())
                .pointer(queries)
                .pointer(keys)
                .pointer(keys)
                .pointer(o.map().which())
                .i32(o.q().size(2))
                .i32(o.k().size(2))
                .i32(o.k().size(2))
                .i32(o.q().size(3) / 8)
                .end()
                .start(PLACING_BLOCKS, heads(o), 3, THREADS);
    }

    private void convertMeans(@Nullable BlockTail tail, BlockTables tables, long at) {
        if (tail == null || !BlockTables.converts(tail)) {
            return;
        }
        gpu.kernel(TABLES, "attention_block_means")
                .struct()
                .elements(tail.keys())
                .elements(tail.values())
                .pointer(at + tables.meanKeys())
                .pointer(at + tables.meanValues())
                .i64(tail.keys().elements())
                .end()
                .start(PLACING_BLOCKS, 2, 1, THREADS);
    }

    private static long heads(BlockAttentionOp o) {
        return (long) o.q().size(0) * o.q().size(1);
    }

    private void attend(BlockAttentionOp o, BlockTables tables, long at, long work) {
        HopperAttention.Variant variant = variant(o);
        BlockMap map = o.map();
        Tensor q = o.q();
        Tensor k = o.k();
        RowBoxes keyBoxes = HopperAttention.boxes(k);
        long[] stored = {
            DeviceStorage.address(q), DeviceStorage.address(k), DeviceStorage.address(o.v())
        };
        long queries = map.queries().order() == null ? stored[0] : at + tables.q();
        long keys = map.keys().order() == null ? stored[1] : at + tables.k();
        long values = map.keys().order() == null ? stored[2] : at + tables.v();
        Launcher launcher =
                gpu.kernel(SOURCE, variant.name(), variant.sharedBytes())
                        .struct()
                        .map(HopperAttention.boxes(q).panels(queries, GROUP));
        for (int box : BOXES) {
            launcher.map(keyBoxes.panels(keys, box)).map(keyBoxes.panels(values, box));
        }
        launcher.map(keyBoxes.whole(keys, variant.keys()))
                .map(keyBoxes.whole(values, variant.keys()));
        BlockTail tail = o.tail();
        if (tail == null) {
            launcher.repeatMaps(2);
        } else {
            boolean converted = BlockTables.converts(tail);
            RowBoxes means = HopperAttention.boxes(tail.keys());
            long meanKeys = converted ? at + tables.meanKeys() : DeviceStorage.address(tail.keys());
            long meanValues =
                    converted ? at + tables.meanValues() : DeviceStorage.address(tail.values());
            launcher.map(means.whole(meanKeys, variant.keys()))
                    .map(means.whole(meanValues, variant.keys()));
        }
        launcher.pointer(o.out())
                .pointer(map.keys().bounds())
                .pointer(map.bits())
                .pointer(at + tables.groups())
                .pointer(at + tables.counts())
                .pointer(tail == null ? 0 : at + tables.bias())
                .pointer(map.which())
                .pointer(map.queries().order())
                .pointer(work)
                .i32(q.size(0))
                .i32(q.size(1))
                .i32(q.size(2))
                .i32(k.size(2))
                .i32(map.queries().count())
                .i32(map.keys().count())
                .i32(map.bits().size(2))
                .i32(tables.most())
                .i32(tables.pitch())
                .f32(o.scale() * LOG2_E)
                .end()
                .start(gpu.device().multiprocessors(), 1, 1, variant.threads());
    }

    @Override
    public void close() {
        counter.close();
    }
}
