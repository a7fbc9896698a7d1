package org.svgen.tensor.op;

import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.KeyPattern.Band;
import org.svgen.tensor.op.KeyPattern.Segment;
import org.svgen.tensor.op.Ops.Border;
import org.svgen.tensor.op.Ops.ConvGeometry;
import org.svgen.tensor.op.Ops.HeadNorm;

/** One of each operation, with what is expected of it. */
final class OpTable {
    private OpTable() {}

    /**
     * An operation.
     *
     * @param half operands of its half
     */
    record Row(Op op, String name, String variant, double operations, double bytes, String half) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** One kind of 64 pairs and one of 8. */
    static AttentionPlan plan() {
        Band diagonal = new Band(0, 1, 0, 1, 0, 0, 8);
        Segment all = new Segment(0, 8, List.of(), diagonal);
        return new AttentionPlan(
                List.of(
                        new AttentionPlan.Kind(KeyPattern.dense(8, 8), TokenOrder.IDENTITY),
                        new AttentionPlan.Kind(
                                new KeyPattern(8, 8, List.of(all)), new TokenOrder(0, 2, 4))));
    }

    static Stream<Row> rows() {
        return Stream.of(elementwise(), ofRows(), images(), attention(), ClusterTable.rows())
                .flatMap(List::stream);
    }

    private static List<Row> elementwise() {
        return List.of(
                new Row(
                        new ConvertOp(bf16(8, 4), f32(8, 4)),
                        "convert",
                        "",
                        0,
                        32 * 2 + 32 * 4,
                        "bf16 [16], f32 [16]"),
                new Row(new FillOp(1, f32(8, 4)), "fill", "", 0, 32 * 4, "f32 [16]"),
                new Row(
                        new AxpbyOp(2, bf16(8, 4), 3, f32(8, 4), f32(8, 4)),
                        "axpby",
                        "",
                        0,
                        32 * (2 + 4 + 4),
                        "bf16 [16], f32 [16], f32 [16]"),
                new Row(
                        new MultiplyOp(bf16(8, 4), f32(8, 4), f32(8, 4)),
                        "multiply",
                        "",
                        0,
                        32 * (2 + 4 + 4),
                        "bf16 [16], f32 [16], f32 [16]"),
                new Row(
                        new ActivateOp(Activation.GELU_TANH, bf16(8, 4), bf16(8, 4)),
                        "activate",
                        "gelu tanh",
                        0,
                        32 * (2 + 2),
                        "bf16 [16], bf16 [16]"),
                new Row(
                        new CountNonFiniteOp(f32(8, 4), i32(1)),
                        "countNonFinite",
                        "",
                        0,
                        32 * 4 + 4,
                        "f32 [16], i32 [1]"),
                new Row(
                        new DistanceOp(f32(8, 4), bf16(8, 4), f32(3)),
                        "distance",
                        "",
                        0,
                        32 * (4 + 2) + 3 * 4,
                        "f32 [16], bf16 [16], f32 [3]"),
                new Row(
                        new PermuteOp(f32(2, 3, 4), new int[] {2, 0, 1}, f32(4, 2, 3)),
                        "permute",
                        "",
                        0,
                        2 * 24 * 4,
                        "f32 [2, 3, 4], f32 [4, 2, 3]"));
    }

    private static List<Row> ofRows() {
        return List.of(
                new Row(
                        new EmbeddingOp(i32(6), Weight.of(bf16(999, 4)), f32(6, 4)),
                        "embedding",
                        "",
                        0,
                        6 * 4 + 6 * 4 * 2 + 6 * 4 * 4,
                        "i32 [3], bf16 [999, 4], f32 [3, 4]"),
                new Row(
                        new LinearOp(
                                bf16(8, 4),
                                Weight.of(bf16(6, 4)),
                                bf16(6),
                                Activation.SILU,
                                bf16(8, 6)),
                        "linear",
                        "silu",
                        2 * 8 * 4 * 6,
                        2 * (8 * 4 + 6 * 4 + 6 + 8 * 6),
                        "bf16 [4, 4], bf16 [6, 4], bf16 [6], bf16 [4, 6]"),
                new Row(
                        new LinearPairOp(
                                bf16(8, 4), bf16(8, 3), Weight.of(bf16(6, 7)), bf16(6), f32(8, 6)),
                        "linearPair",
                        "",
                        2 * 8 * 7 * 6,
                        2 * (8 * 4 + 8 * 3 + 6 * 7 + 6) + 4 * 8 * 6,
                        "bf16 [4, 4], bf16 [4, 3], bf16 [6, 7], bf16 [6], f32 [4, 6]"),
                new Row(
                        new LayerNormOp(
                                f32(8, 4), bf16(4), bf16(4), 1e-5f, f32(4), f32(4), bf16(8, 4)),
                        "layerNorm",
                        "modulated",
                        0,
                        32 * 4 + 2 * 4 * 2 + 2 * 4 * 4 + 32 * 2,
                        "f32 [4, 4], bf16 [4], bf16 [4], f32 [4], f32 [4], bf16 [4, 4]"),
                new Row(
                        new EightBitNormOp(
                                f32(8, 4),
                                bf16(4),
                                bf16(4),
                                1e-5f,
                                f32(4),
                                f32(4),
                                DType.BF16,
                                f32(8),
                                e4m3(8, 4)),
                        "eightBitNorm",
                        "modulated",
                        0,
                        32 * 4 + 2 * 4 * 2 + 2 * 4 * 4 + 8 * 4 + 32,
                        "f32 [4, 4], bf16 [4], bf16 [4], f32 [4], f32 [4], f32 [4], f8_e4m3 [4, 4]"),
                new Row(
                        new RmsNormOp(f32(8, 4), bf16(4), 1e-5f, Activation.SILU, f32(8, 4)),
                        "rmsNorm",
                        "silu",
                        0,
                        32 * 4 + 4 * 2 + 32 * 4,
                        "f32 [4, 4], bf16 [4], f32 [4, 4]"),
                new Row(
                        new AddGatedOp(bf16(8, 4), f32(4), f32(8, 4), i32(1)),
                        "addGated",
                        "counted",
                        0,
                        32 * 2 + 4 * 4 + 2 * 32 * 4,
                        "bf16 [4, 4], f32 [4], f32 [4, 4], i32 [1]"),
                new Row(
                        new AddNormOp(
                                bf16(8, 4),
                                f32(4),
                                f32(8, 4),
                                bf16(4),
                                bf16(4),
                                1e-5f,
                                f32(4),
                                f32(4),
                                bf16(8, 4)),
                        "addNorm",
                        "gated, modulated",
                        0,
                        32 * 2 + 4 * 4 + 2 * 32 * 4 + 2 * 4 * 2 + 2 * 4 * 4 + 32 * 2,
                        "bf16 [4, 4], f32 [4], f32 [4, 4], bf16 [4], bf16 [4], f32 [4], f32 [4],"
                                + " bf16 [4, 4]"));
    }

    private static List<Row> images() {
        GroupNormOp.Modulation coarse =
                new GroupNormOp.Modulation(f32(1, 2, 3, 8), f32(1, 2, 3, 8), new int[] {0, 0});
        return List.of(
                new Row(
                        new GroupNormOp(
                                f32(2, 4, 6, 8),
                                4,
                                f32(8),
                                f32(8),
                                1e-6f,
                                coarse,
                                Activation.SILU,
                                f32(2, 6, 8, 8)),
                        "groupNorm",
                        "modulated, silu",
                        0,
                        4 * (2 * 4 * 6 * 8 + 2 * 8 + 2 * 2 * 3 * 8 + 2 * 6 * 8 * 8),
                        "f32 [2, 4, 3, 8], f32 [8], f32 [8], f32 [1, 2, 3, 8], f32 [1, 2, 3, 8],"
                                + " f32 [2, 6, 5, 8]"),
                new Row(
                        new Conv3dOp(
                                bf16(3, 8, 4, 5),
                                Weight.of(bf16(6, 5, 3, 3, 3)),
                                bf16(6),
                                ConvGeometry.same(1),
                                bf16(1, 8, 4, 6)),
                        "conv3d",
                        "",
                        2 * 8 * 4 * 6 * 5 * 27,
                        2 * (3 * 8 * 4 * 5 + 6 * 5 * 27 + 6 + 8 * 4 * 6),
                        "bf16 [3, 4, 4, 5], bf16 [6, 5, 3, 3, 3], bf16 [6], bf16 [1, 4, 4, 6]"),
                new Row(
                        new Conv3dAddOp(
                                bf16(3, 8, 4, 5),
                                Weight.of(bf16(6, 5, 3, 3, 3)),
                                bf16(6),
                                ConvGeometry.same(1),
                                bf16(1, 8, 4, 6),
                                bf16(1, 8, 4, 6)),
                        "conv3dAdd",
                        "",
                        2 * 8 * 4 * 6 * 5 * 27,
                        2 * (3 * 8 * 4 * 5 + 6 * 5 * 27 + 6 + 2 * 8 * 4 * 6),
                        "bf16 [3, 4, 4, 5], bf16 [6, 5, 3, 3, 3], bf16 [6], bf16 [1, 4, 4, 6],"
                                + " bf16 [1, 4, 4, 6]"),
                new Row(
                        new ConvolveAfterOp(
                                bf16(1, 8, 4, 5),
                                bf16(4, 8, 4, 5),
                                Weight.of(bf16(6, 5, 3, 3, 3)),
                                bf16(6),
                                ConvGeometry.same(1),
                                bf16(2, 8, 4, 6),
                                bf16(2, 8, 4, 6)),
                        "convolveAfter",
                        "added",
                        2 * 2 * 8 * 4 * 6 * 5 * 27,
                        2 * (3 * 8 * 4 * 5 + 6 * 5 * 27 + 6 + 2 * 2 * 8 * 4 * 6),
                        "bf16 [1, 4, 4, 5], bf16 [4, 4, 4, 5], bf16 [6, 5, 3, 3, 3], bf16 [6],"
                                + " bf16 [2, 4, 4, 6], bf16 [2, 4, 4, 6]"),
                new Row(
                        normed(bf16(4, 10, 6, 8)),
                        "convolveNormed",
                        "modulated, silu, added",
                        2 * 2 * 8 * 4 * 6 * 8 * 27,
                        2
                                * (2 * 8 * 4 * 8
                                        + 2 * 8
                                        + 2 * 2 * 3 * 8
                                        + 2 * 10 * 6 * 8
                                        + 10 * 6 * 8
                                        + 6 * 8 * 27
                                        + 6
                                        + 2 * 2 * 8 * 4 * 6),
                        "bf16 [2, 3, 4, 8], bf16 [8], bf16 [8], bf16 [1, 2, 3, 8],"
                                + " bf16 [1, 2, 3, 8], bf16 [2, 5, 6, 8], bf16 [1, 5, 6, 8],"
                                + " bf16 [4, 5, 6, 8], bf16 [6, 8, 3, 3, 3], bf16 [6],"
                                + " bf16 [2, 3, 4, 6], bf16 [2, 3, 4, 6]"),
                new Row(
                        new ConvolveEnlargedOp(
                                bf16(2, 4, 3, 5),
                                2,
                                2,
                                Weight.of(bf16(6, 5, 3, 3, 3)),
                                bf16(6),
                                Border.EDGE,
                                bf16(5, 8, 6, 5),
                                bf16(3, 8, 6, 6)),
                        "convolveEnlarged",
                        "",
                        2 * 3 * 8 * 6 * 6 * 5 * 27,
                        2 * (2 * 4 * 3 * 5 + 6 * 5 * 27 + 6 + 3 * 8 * 6 * 6),
                        "bf16 [2, 2, 3, 5], bf16 [6, 5, 3, 3, 3], bf16 [6], bf16 [5, 4, 6, 5],"
                                + " bf16 [3, 4, 6, 6]"),
                new Row(
                        new UpsampleNearestOp(f32(2, 3, 4, 5), 2, 3, f32(4, 9, 12, 5)),
                        "upsampleNearest",
                        "",
                        0,
                        4 * (2 * 3 * 4 * 5 + 4 * 9 * 12 * 5),
                        "f32 [2, 3, 4, 5], f32 [4, 9, 12, 5]"),
                new Row(
                        new AverageFramePairsOp(f32(4, 3, 2, 5), f32(2, 3, 2, 5)),
                        "averageFramePairs",
                        "",
                        0,
                        4 * (120 + 60),
                        "f32 [4, 3, 2, 5], f32 [2, 3, 2, 5]"),
                new Row(
                        new AddAveragedOp(f32(3, 4, 6, 5), 2, 2, f32(2, 2, 3, 10)),
                        "addAveraged",
                        "",
                        0,
                        4 * (360 + 2 * 120),
                        "f32 [3, 4, 6, 5], f32 [2, 2, 3, 10]"),
                new Row(
                        new AddDuplicatedOp(f32(2, 2, 3, 10), 2, 2, f32(3, 4, 6, 5)),
                        "addDuplicated",
                        "",
                        0,
                        4 * (120 + 2 * 360),
                        "f32 [2, 2, 3, 10], f32 [3, 4, 6, 5]"));
    }

    private static List<Row> attention() {
        return List.of(
                new Row(
                        new SplitHeadsOp(
                                bf16(1, 8, 2, 4),
                                new HeadNorm(HeadNorm.Kind.LAYER, f32(4), f32(4), 1e-6f),
                                f32(5, 4),
                                f32(5, 4),
                                1,
                                3,
                                bf16(1, 2, 99, 4)),
                        "splitHeads",
                        "layer norm, rotated",
                        0,
                        2 * 64 + 2 * 5 * 4 * 4 + 2 * 64, // of out the tokens that are split
                        "bf16 [1, 8, 1, 4], f32 [4], f32 [4], f32 [5, 4], f32 [5, 4],"
                                + " bf16 [1, 1, 99, 4]"),
                new Row(
                        new AttentionOp(
                                bf16(2, 4, 8, 4),
                                bf16(2, 4, 8, 4),
                                bf16(2, 4, 8, 4),
                                plan(),
                                i32(2, 4),
                                0.5f,
                                bf16(2, 8, 4, 4)),
                        "attention",
                        "kept 0.56", // half of the heads keep 64 pairs of 64, the others 8
                        4 * 2 * 4 * 4 * (64 + 8) / 2.0,
                        4 * 2 * 256 + 4 * 8,
                        "bf16 [1, 4, 8, 4], bf16 [1, 4, 8, 4], bf16 [1, 4, 8, 4], i32 [1, 4],"
                                + " bf16 [1, 8, 4, 4]"),
                new Row(
                        new ProfileOp(
                                bf16(1, 4, 8, 4),
                                bf16(1, 4, 8, 4),
                                bf16(1, 4, 8, 4),
                                new int[] {1, 6},
                                plan(),
                                8,
                                0.5f,
                                f32(2, 1, 4),
                                f32(1, 4)),
                        "profile",
                        "",
                        4 * 4 * 4 * 2 * (1 + 2 * 36 / 64.0) * 8, // rows; dense and both kinds
                        2 * (2 * 16 + 2 * 128) + 4 * (8 + 4), // of q the two rows
                        "bf16 [1, 2, 8, 4], bf16 [1, 2, 8, 4], bf16 [1, 2, 8, 4], f32 [2, 1, 2],"
                                + " f32 [1, 2]"),
                new Row(
                        new ChooseKindsOp(
                                f32(2, 1, 4),
                                f32(1, 4),
                                new float[3],
                                new float[1],
                                0.1f,
                                i32(1, 4)),
                        "chooseKinds",
                        "",
                        0,
                        4 * (8 + 4 + 4),
                        "f32 [2, 1, 4], f32 [1, 4], i32 [1, 4]"),
                new Row(
                        new BlockAttentionOp(
                                bf16(1, 4, 8, 4),
                                bf16(1, 4, 12, 4),
                                bf16(1, 4, 12, 4),
                                blocks(i32(4, 8), i32(4, 12), null),
                                new BlockTail(f32(1, 4, 3, 4), f32(1, 4, 3, 4)),
                                0.5,
                                0.5f,
                                bf16(1, 8, 4, 4)),
                        "blockAttention",
                        "kept 0.50, tail",
                        4 * 4 * 8 * 4 * (0.5 * 12 + 3),
                        2 * (2 * 4 * 8 * 4 + 2 * 4 * 12 * 4)
                                + 4 * (4 * (3 + 8 + 4 + 12 + 2) + 2 * 4 * 3 * 4),
                        "bf16 [1, 2, 8, 4], bf16 [1, 2, 12, 4], bf16 [1, 2, 12, 4],"
                                + " i32 [2, 3], i32 [2, 8], i32 [2, 4], i32 [2, 12],"
                                + " i32 [2, 2, 1], f32 [1, 2, 3, 4], f32 [1, 2, 3, 4],"
                                + " bf16 [1, 8, 2, 4]"),
                new Row(
                        new BlockMeansOp(
                                bf16(1, 4, 12, 4),
                                new TokenBlocks(i32(2, 4), i32(2, 12)),
                                i32(1, 4),
                                f32(1, 4, 3, 4)),
                        "blockMeans",
                        "",
                        0,
                        2 * 4 * 12 * 4 + 4 * (2 * (4 + 12) + 4 + 4 * 3 * 4),
                        "bf16 [1, 2, 12, 4], i32 [2, 4], i32 [2, 12], i32 [1, 2],"
                                + " f32 [1, 2, 3, 4]"),
                new Row(
                        new ThresholdBlocksOp(
                                bf16(1, 4, 32, 4),
                                bf16(1, 4, 32, 4),
                                i32(4, 33),
                                new BlockThreshold(
                                        1, 32, 1, 1, OptionalDouble.empty(), 0.3, 64 * 64),
                                0.5f,
                                i32(4, 32, 1)),
                        "thresholdBlocks",
                        "",
                        2 * 2 * 4 * 32 * 32 * 4, // twice, to find the threshold
                        2 * 2 * 4 * 32 * 4 + 4 * 4 * (33 + 32),
                        "bf16 [1, 2, 32, 4], bf16 [1, 2, 32, 4], i32 [2, 33], i32 [2, 32, 1]"),
                new Row(
                        new BlockDensityOp(densityMap(), 8, 64, f32(1, 4)),
                        "blockDensity",
                        "",
                        0,
                        4 * (3 * (3 + 33 + 2) + 4 + 4),
                        "i32 [3, 3], i32 [3, 33], i32 [3, 2, 1], i32 [1, 4], f32 [1, 4]"),
                new Row(
                        new BiasedAttentionOp(
                                f32(6, 4, 8),
                                f32(6, 4, 8),
                                f32(6, 4, 8),
                                f32(4, 6, 6),
                                1,
                                f32(6, 4, 8)),
                        "biasedAttention",
                        "",
                        4 * 6 * 4 * 8 * 6,
                        4 * (4 * 6 * 4 * 8 + 4 * 6 * 6),
                        "f32 [6, 2, 8], f32 [6, 2, 8], f32 [6, 2, 8], f32 [2, 6, 6], f32 [6, 2, 8]"));
    }

    /** Maps of two blocks of 8 queries and three of 12 keys. */
    static BlockMap blocks(
            @Nullable Tensor ofQueries, @Nullable Tensor ofKeys, @Nullable Tensor which) {
        return new BlockMap(
                new TokenBlocks(i32(4, 3), ofQueries),
                new TokenBlocks(i32(4, 4), ofKeys),
                i32(4, 2, 1),
                which);
    }

    /** As many blocks of keys as a word has bits: one more takes another word. */
    private static BlockMap densityMap() {
        return new BlockMap(
                new TokenBlocks(i32(3, 3), null),
                new TokenBlocks(i32(3, 33), null),
                i32(3, 2, 1),
                i32(1, 4));
    }

    static Tensor f32(long... dims) {
        return Tensor.phantom(DType.F32, dims);
    }

    static Tensor bf16(long... dims) {
        return Tensor.phantom(DType.BF16, dims);
    }

    private static Tensor e4m3(long... dims) {
        return Tensor.phantom(DType.F8_E4M3, dims);
    }

    static Tensor i32(long... dims) {
        return Tensor.phantom(DType.I32, dims);
    }

    private static ConvolveNormedOp normed(Tensor room) {
        return new ConvolveNormedOp(
                new GroupNormOp(
                        bf16(2, 8, 4, 8),
                        4,
                        bf16(8),
                        bf16(8),
                        1e-6f,
                        new GroupNormOp.Modulation(
                                bf16(1, 2, 3, 8), bf16(1, 2, 3, 8), new int[] {0, 0}),
                        Activation.SILU,
                        room.rows(2, 4)),
                new ConvolveAfterOp(
                        bf16(1, 10, 6, 8),
                        room,
                        Weight.of(bf16(6, 8, 3, 3, 3)),
                        bf16(6),
                        new ConvGeometry(1, 1, 0, 0, 0, 0, Border.ZEROS),
                        bf16(2, 8, 4, 6),
                        bf16(2, 8, 4, 6)),
                bf16(2, 10, 6, 8));
    }
}
