package org.svgen.sparse;

import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.BlockMap;
import org.svgen.tensor.op.RouteBlocksOp.Limit;
import org.svgen.tensor.op.TokenBlocks;

/**
 * Block top-k: tokens are cut into blocks of {@value VideoBlocks#SIZE}; a block of queries attends
 * to its own block and to those blocks of keys whose mean is thought to get most of its mean's
 * attention, as many as the density allows, of equals the lower. All attend to text, and text to
 * all. The pattern that MInference (arXiv 2407.02490) calls block-sparse.
 */
public final class TopLists implements BlockLists {
    private final VideoBlocks blocks;
    private final TokenBlocks tokens; // of the map
    private final TokenBlocks video; // the blocks of video alone
    private final Limit limit;
    private final double density;
    private final double least;

    /**
     * Takes the memory that all calls of a run share.
     *
     * @param workspace memory of the steps
     * @param geometry where text and video lie
     * @param order in which video tokens are cut into blocks
     * @param density of all query-key pairs that a head keeps
     * @param heads of all branches of a layer
     */
    public TopLists(
            Workspace workspace,
            VideoGeometry geometry,
            BlockOrder order,
            double density,
            int heads) {
        this.blocks = VideoBlocks.ofWholeText(geometry);
        this.density = density;
        tokens = BlockMemory.blocks(workspace, heads, blocks.bounds(), order.moved(geometry));
        video =
                new TokenBlocks(
                        BlockMemory.blocks(workspace, heads, blocks.videoBounds(), null).bounds(),
                        tokens.order());
        limit = limit(geometry, density);
        least = blocks.least(geometry);
    }

    /** As many keys of video as the density leaves for a query of video. */
    static Limit limit(VideoGeometry g, double density) {
        return new Limit(0, ClusterShares.keys(density, g), 1, true);
    }

    @Override
    public Lists of(Workspace workspace, Tensor q, Tensor k) {
        int heads = q.size(0) * q.size(1);
        TokenBlocks own = BlockMemory.first(tokens, heads);
        Tensor bits =
                workspace.allocate(
                        DType.I32, heads, blocks.count(), BlockMap.words(blocks.count()));
        try (Workspace.Scope _ = workspace.scope()) {
            Tensor scores =
                    workspace.allocate(DType.F32, heads, blocks.videoCount(), blocks.videoCount());
            write(workspace, q, k, scores, bits);
        }
        return new Lists(new BlockMap(own, own, bits, null), null);
    }

    /** The lists of all heads, by what comes to stand in {@code scores}. */
    void write(Workspace workspace, Tensor q, Tensor k, Tensor scores, Tensor bits) {
        TokenBlocks ofVideo = BlockMemory.first(video, scores.size(0));
        Tensor queries = means(workspace, q, ofVideo);
        Tensor keys = means(workspace, k, ofVideo);
        workspace.ops().blockMass(queries, keys, ofVideo.bounds(), 0, Dense.scale(q), scores);
        route(workspace, scores, bits);
    }

    /** The best of each row. */
    void route(Workspace workspace, Tensor scores, Tensor bits) {
        Tensor bounds = tokens.bounds().rows(0, scores.size(0));
        workspace.ops().routeBlocks(scores, null, bounds, blocks.videoFrom(), limit, bits);
    }

    private static Tensor means(Workspace workspace, Tensor x, TokenBlocks blocks) {
        Tensor means =
                workspace.allocate(DType.F32, x.size(0), x.size(1), blocks.count(), x.size(3));
        workspace.ops().blockMeans(x, blocks, null, means);
        return means;
    }

    VideoBlocks blocks() {
        return blocks;
    }

    /** Blocks of video alone, of all heads. */
    TokenBlocks video() {
        return video;
    }

    @Override
    public double expected() {
        return Math.max(density, least);
    }

    @Override
    public double least() {
        return least;
    }
}
