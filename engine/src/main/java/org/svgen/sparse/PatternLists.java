package org.svgen.sparse;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.BlockMap;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.op.TokenBlocks;

/**
 * MInference (arXiv 2407.02490) in blocks of {@value VideoBlocks#SIZE}: a head attends in an A
 * shape (the first blocks, and those near by), along verticals and slashes (blocks that all attend
 * to, and blocks at some distance), or as {@link TopLists}. Sampled queries say which lines there
 * are, others which of the three patterns keeps most of their attention, in each call. All patterns
 * keep the same number of keys; all attend to text, and text to all.
 *
 * <p>The original samples the last 64 queries, which in a language model alone see all keys, and
 * searches patterns before the run. In a video every query sees all keys; queries from all of it
 * also tell a vertical from a slash where both are blocks.
 */
public final class PatternLists implements BlockLists {
    /** Sampled queries: 64 for lines, as many as published, and as many for the choice. */
    static final int ROWS = 128;

    /** Of an A shape every fifth block is one of the first (published: 1024 and 4096 tokens). */
    static final int SINK = 5;

    private static final int PATTERNS = 3;

    private final TopLists top;
    private final Tensor rows; // I32 [ROWS]: places of the sampled queries
    private final Tensor rowBlocks; // I32 [ROWS]: their blocks, of those of video
    private final TokenBlocks tokens; // of all patterns of all heads
    private final Tensor bits; // I32 [PATTERNS * heads, blocks, words], pattern by pattern
    private final int heads;

    /**
     * Takes the memory that all calls of a run share.
     *
     * @param workspace memory of the steps
     * @param geometry where text and video lie
     * @param density of all query-key pairs that a head keeps
     * @param heads of all branches of a layer
     */
    public PatternLists(Workspace workspace, VideoGeometry geometry, double density, int heads) {
        this.heads = heads;
        top = new TopLists(workspace, geometry, BlockOrder.RASTER, density, heads);
        int[] sampled =
                IntStream.range(0, ROWS)
                        .map(r ->
                                (int) ((2L * r + 1) * geometry.videoTokens() / (2 * ROWS))
                                        + geometry.videoFrom())
                        .toArray();
        VideoBlocks blocks = top.blocks();
        int[] bounds = blocks.videoBounds();
        int[] of =
                IntStream.of(sampled)
                        .map(place ->
                                (int)
                                        IntStream.of(bounds)
                                                .skip(1)
                                                .filter(to -> to <= place)
                                                .count())
                        .toArray();
        rows = DeviceInts.copy(workspace, List.of(sampled)).reshape(ROWS);
        rowBlocks = DeviceInts.copy(workspace, List.of(of)).reshape(ROWS);
        tokens = BlockMemory.blocks(workspace, PATTERNS * heads, blocks.bounds(), null);
        int count = blocks.count();
        bits =
                DeviceInts.copy(
                                workspace,
                                Collections.nCopies(
                                        PATTERNS * heads,
                                        shape(blocks, ClusterShares.keys(density, geometry))))
                        .reshape((long) PATTERNS * heads, count, BlockMap.words(count));
    }

    /** The A shape of all heads: about so many keys for each block of queries. */
    private static int[] shape(VideoBlocks blocks, double keys) {
        int count = blocks.count();
        int words = BlockMap.words(count);
        int[] bits = new int[count * words];
        for (int i = 0; i < count; i++) {
            boolean[] kept = new boolean[count];
            if (blocks.text(i)) {
                Arrays.fill(kept, true);
            } else {
                row(blocks, i, keys, kept);
            }
            for (int j = 0; j < count; j++) {
                boolean keeps = kept[j] || blocks.text(j);
                bits[i * words + j / Integer.SIZE] |= keeps ? 1 << j % Integer.SIZE : 0;
            }
        }
        return bits;
    }

    /** The block itself, then the nearest, the earlier first; every fifth is one of the first. */
    private static void row(VideoBlocks blocks, int own, double keys, boolean[] kept) {
        int first = blocks.videoFrom();
        int apart = 0;
        double sum = 0;
        for (int n = 1; n <= blocks.videoCount(); n++) {
            int next = own;
            if (n % SINK == 0) {
                while (kept[first]) {
                    first++;
                }
                next = first;
            } else {
                while (next < blocks.videoFrom() || next >= blocks.videoTo() || kept[next]) {
                    apart++;
                    next = own + (apart % 2 == 0 ? apart / 2 : -(apart + 1) / 2);
                }
            }
            if (n > 1 && sum + blocks.size(next) / 2.0 > keys) {
                return;
            }
            kept[next] = true;
            sum += blocks.size(next);
        }
    }

    @Override
    public Lists of(Workspace workspace, Tensor q, Tensor k) {
        Ops ops = workspace.ops();
        int maps = q.size(0) * q.size(1);
        long count = top.blocks().videoCount();
        Tensor which = workspace.allocate(DType.I32, q.size(0), q.size(1));
        try (Workspace.Scope _ = workspace.scope()) {
            Tensor shares = workspace.allocate(DType.F32, maps, ROWS, count);
            Tensor lines = workspace.allocate(DType.F32, maps, 3 * count - 1);
            Tensor scores = workspace.allocate(DType.F32, maps, count, count);
            Tensor bounds = top.video().bounds().rows(0, maps);
            ops.blockShares(q, k, rows, bounds, Dense.scale(q), shares);
            ops.lineScores(shares, rowBlocks, lines, scores);
            top.route(workspace, scores, bits.rows(heads, heads + (long) maps));
            top.write(workspace, q, k, scores, bits.rows(2L * heads, 2L * heads + maps));
            ops.chooseMaps(shares, rowBlocks, bits, PATTERNS, top.blocks().videoFrom(), which);
        }
        return new Lists(new BlockMap(tokens, tokens, bits, which), null);
    }

    @Override
    public double expected() {
        return top.expected();
    }

    @Override
    public double least() {
        return top.least();
    }
}
