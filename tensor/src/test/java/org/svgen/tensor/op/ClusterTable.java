package org.svgen.tensor.op;

import static org.svgen.tensor.op.OpTable.bf16;
import static org.svgen.tensor.op.OpTable.f32;
import static org.svgen.tensor.op.OpTable.i32;

import java.util.List;
import org.svgen.tensor.op.OpTable.Row;

/**
 * The operations on clusters of tokens: four heads of ten tokens, of which the first two are text.
 */
final class ClusterTable {
    private ClusterTable() {}

    static List<Row> rows() {
        return List.of(
                new Row(
                        new AssignOp(
                                bf16(2, 2, 10, 4), 2, f32(2, 2, 3, 4), f32(2, 2, 3, 4), i32(4, 8)),
                        "assign",
                        "weighed",
                        2 * 4 * 8 * 3 * 4,
                        2 * 4 * 10 * 4 + 2 * 4 * 4 * 3 * 4 + 4 * 4 * 8,
                        "bf16 [1, 2, 10, 4], f32 [1, 2, 3, 4], f32 [1, 2, 3, 4], i32 [2, 8]"),
                new Row(
                        new InteractOp(
                                f32(2, 2, 3, 4),
                                f32(2, 2, 5, 4),
                                i32(4, 7),
                                1,
                                f32(2, 2, 4, 4),
                                f32(2, 2, 3, 4)),
                        "interact",
                        "",
                        2 * 4 * 4 * 4 * (5 + 3),
                        4 * (2 * 4 * 3 * 4 + 4 * 5 * 4 + 4 * 7), // without scratch
                        "f32 [1, 2, 3, 4], f32 [1, 2, 5, 4], i32 [2, 7], f32 [1, 2, 4, 4],"
                                + " f32 [1, 2, 3, 4]"),
                new Row(
                        new GroupOp(i32(4, 8), 2, 10, i32(4, 5), i32(4, 10)),
                        "group",
                        "",
                        0,
                        4 * 4 * (8 + 5 + 10),
                        "i32 [4, 8], i32 [4, 5], i32 [4, 10]"),
                new Row(
                        new ClusterMeansOp(
                                bf16(2, 2, 10, 4), i32(4, 5), i32(4, 10), 1, f32(2, 2, 3, 4)),
                        "clusterMeans",
                        "",
                        0,
                        2 * 4 * 10 * 4 + 4 * 4 * (5 + 10) + 4 * 4 * 3 * 4,
                        "bf16 [2, 2, 10, 4], i32 [4, 5], i32 [4, 10], f32 [2, 2, 3, 4]"),
                new Row(
                        new BlockMassOp(
                                f32(2, 2, 3, 4), f32(2, 2, 5, 4), i32(4, 7), 1, 0.5f, f32(4, 3, 5)),
                        "blockMass",
                        "",
                        2 * 4 * 3 * 5 * 4,
                        4 * (4 * 3 * 4 + 4 * 5 * 4 + 4 * 7 + 4 * 3 * 5),
                        "f32 [1, 2, 3, 4], f32 [1, 2, 5, 4], i32 [2, 7], f32 [2, 3, 5]"),
                new Row(
                        new BlockErrorOp(
                                f32(2, 2, 3, 4),
                                bf16(2, 2, 10, 4),
                                bf16(2, 2, 10, 4),
                                i32(4, 7),
                                i32(4, 10),
                                1,
                                f32(2, 2, 5, 4),
                                f32(2, 2, 6, 4),
                                0.5f,
                                f32(4, 3, 5)),
                        "blockError",
                        "",
                        2 * 4 * 3 * 4 * (10 + 5),
                        4 * 4 * 3 * 4
                                + 2 * 2 * 4 * 10 * 4
                                + 4 * 4 * (7 + 10)
                                + 4 * 4 * (5 + 6) * 4
                                + 4 * 4 * 3 * 5,
                        "f32 [1, 2, 3, 4], bf16 [1, 2, 10, 4], bf16 [1, 2, 10, 4], i32 [2, 7],"
                                + " i32 [2, 10], f32 [1, 2, 5, 4], f32 [1, 2, 6, 4], f32 [2, 3, 5]"),
                new Row(
                        new RouteBlocksOp(
                                f32(4, 3, 5),
                                f32(4, 3, 5),
                                i32(4, 7),
                                1,
                                new RouteBlocksOp.Limit(0.9, 0, 0),
                                i32(4, 4, 1)),
                        "routeBlocks",
                        "",
                        0,
                        4 * 4 * (2 * 3 * 5 + 7 + 4),
                        "f32 [4, 3, 5], f32 [4, 3, 5], i32 [4, 7], i32 [4, 4, 1]"),
                new Row(
                        new BlockSharesOp(
                                bf16(2, 2, 10, 4),
                                bf16(2, 2, 10, 4),
                                i32(6),
                                i32(4, 6),
                                0.5f,
                                f32(4, 6, 5)),
                        "blockShares",
                        "",
                        2 * 4 * 10 * 4 * 6,
                        2 * 2 * 4 * 10 * 4 + 4 * (6 + 4 * 6 + 4 * 6 * 5),
                        "bf16 [1, 2, 10, 4], bf16 [1, 2, 10, 4], i32 [6], i32 [2, 6],"
                                + " f32 [2, 6, 5]"),
                new Row(
                        new LineScoresOp(f32(4, 6, 5), i32(6), f32(4, 14), f32(4, 5, 5)),
                        "lineScores",
                        "",
                        0,
                        4 * (4 * 6 * 5 + 6 + 4 * 14 + 4 * 5 * 5),
                        "f32 [4, 6, 5], i32 [6], f32 [4, 14], f32 [4, 5, 5]"),
                new Row(
                        new ChooseMapsOp(f32(4, 6, 5), i32(6), i32(12, 6, 1), 3, 1, i32(2, 2)),
                        "chooseMaps",
                        "",
                        0,
                        4 * (4 * 6 * 5 + 6 + 12 * 6 + 4),
                        "f32 [4, 6, 5], i32 [6], i32 [12, 6, 1], i32 [2, 2]"));
    }
}
