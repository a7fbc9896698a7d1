package org.svgen.sparse;

import java.util.stream.IntStream;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.BlockMap;
import org.svgen.tensor.op.BlockThreshold;
import org.svgen.tensor.op.TokenBlocks;

/**
 * Sol-Attn (arXiv 2607.24027): tokens are cut into blocks of {@value VideoBlocks#SIZE}; the queries
 * of a block, or of several that follow each other, attend to the blocks of keys whose mean scores
 * high against their own mean, to their neighbours and to the text; text attends to all.
 */
public final class SolLists implements BlockLists {
    private final SolRules rules;
    private final VideoBlocks blocks;
    private final BlockThreshold threshold;
    private final int[] bounds; // of the queries that share a list
    private final TokenBlocks tokens;
    private final TokenBlocks sharers;

    /**
     * Takes the memory that all calls of a run share.
     *
     * @param workspace memory of the steps
     * @param geometry where text and video lie
     * @param rules what is kept
     * @param heads of all branches of a layer
     */
    public SolLists(Workspace workspace, VideoGeometry geometry, SolRules rules, int heads) {
        this.rules = rules;
        this.blocks = VideoBlocks.of(geometry, 0);
        this.threshold = rules.threshold(geometry, blocks);
        this.tokens =
                BlockMemory.blocks(
                        workspace, heads, blocks.bounds(), rules.order().moved(geometry));
        this.bounds =
                IntStream.rangeClosed(0, threshold.lists(blocks.count()))
                        .map(list -> blocks.bounds()[threshold.first(list)])
                        .toArray();
        this.sharers =
                new TokenBlocks(
                        BlockMemory.blocks(workspace, heads, bounds, null).bounds(),
                        tokens.order());
    }

    @Override
    public Lists of(Workspace workspace, Tensor q, Tensor k) {
        int heads = q.size(0) * q.size(1);
        TokenBlocks own = BlockMemory.first(tokens, heads);
        TokenBlocks asking = BlockMemory.first(sharers, heads);
        Tensor queries = ListAttention.means(workspace, q, asking, null);
        Tensor keys = ListAttention.means(workspace, k, own, null);
        Tensor bits =
                workspace.allocate(
                        DType.I32, heads, asking.count(), BlockMap.words(blocks.count()));
        workspace
                .ops()
                .thresholdBlocks(queries, keys, own.bounds(), threshold, Dense.scale(q), bits);
        return new Lists(new BlockMap(asking, own, bits, null), keys);
    }

    @Override
    public double expected() {
        return rules.expected(blocks);
    }

    @Override
    public double least() {
        double kept = 0;
        for (int i = 0; i < bounds.length - 1; i++) {
            double queries = bounds[i + 1] - bounds[i];
            for (int j = 0; j < blocks.count(); j++) {
                kept += threshold.always(i, j) ? queries * blocks.size(j) : 0;
            }
        }
        return kept / threshold.allPairs();
    }
}
