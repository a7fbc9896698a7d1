package org.svgen.run;

import java.lang.foreign.Arena;
import java.util.List;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.AttentionSettings.Mode;
import org.svgen.pipeline.Rules;
import org.svgen.pipeline.StepListener;
import org.svgen.sparse.AttentionPolicy;
import org.svgen.sparse.BlockLists;
import org.svgen.sparse.BlockMemory;
import org.svgen.sparse.BlockOrder;
import org.svgen.sparse.ListAttention;
import org.svgen.sparse.PatternLists;
import org.svgen.sparse.SolLists;
import org.svgen.sparse.SolRules;
import org.svgen.sparse.TileLists;
import org.svgen.sparse.TopLists;
import org.svgen.sparse.VideoGeometry;
import org.svgen.sparse.VideoTiles;
import org.svgen.sparse.WarmUp;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Message;
import org.svgen.tensor.device.Workspace;

/** Attention by lists of blocks, as the settings of a request ask for it. */
final class ListPolicies {
    private ListPolicies() {}

    static boolean meant(AttentionSettings settings) {
        return switch (settings.mode()) {
            case SOL, TOPK, MINFERENCE, STA -> true;
            case DENSE, SVG, SVG_OFFICIAL, SPATIAL, TEMPORAL, SVG2, EAR, PAB -> false;
        };
    }

    static AttentionPolicy create(
            AttentionSettings settings,
            AttentionPolicies.Run run,
            WarmUp warmUp,
            Workspace workspace,
            Arena host,
            StepListener listener) {
        DenoiserShape shape = run.shape();
        VideoGeometry g = shape.geometry();
        BlockLists lists = lists(settings, shape, workspace);
        double least = lists.least();
        boolean byTau = settings.mode() == Mode.SOL && settings.tau().isPresent();
        if (!byTau && least > settings.density()) {
            listener.note(
                    "density %.3f cannot be reached: the text and each %s alone keep %.3f"
                            .formatted(settings.density(), always(settings), least));
        }
        return new ListAttention(
                g,
                lists,
                settings.hasTail(),
                warmUp,
                AttentionPrecisions.of(settings),
                BlockMemory.allocate(
                        workspace, host, shape.layers(), shape.branches(), shape.heads()),
                workspace.backend(),
                run.statistics(),
                run.course());
    }

    private static String always(AttentionSettings settings) {
        return switch (settings.mode()) {
            case SOL -> "block's neighbours";
            case STA -> "tile";
            default -> "block";
        };
    }

    private static BlockLists lists(
            AttentionSettings settings, DenoiserShape shape, Workspace workspace) {
        VideoGeometry g = shape.geometry();
        int heads = shape.branches() * shape.heads();
        BlockOrder order =
                switch (settings.blockOrder()) {
                    case RASTER -> BlockOrder.RASTER;
                    case MORTON -> BlockOrder.MORTON;
                };
        return switch (settings.mode()) {
            case SOL ->
                    new SolLists(
                            workspace,
                            g,
                            new SolRules(
                                    settings.tau(),
                                    settings.density(),
                                    order,
                                    switch (settings.queryBlock()) {
                                        case SINGLE -> 1;
                                        case TRIPLE -> 3;
                                    }),
                            heads);
            case TOPK -> new TopLists(workspace, g, order, settings.density(), heads);
            case MINFERENCE -> new PatternLists(workspace, g, settings.density(), heads);
            case STA ->
                    new TileLists(
                            workspace,
                            tiles(settings.tile(), g),
                            settings.density(),
                            shape.branches(),
                            shape.heads());
            default -> throw new IllegalArgumentException(settings.mode() + " has no lists");
        };
    }

    private static VideoTiles tiles(List<Integer> tile, VideoGeometry g) {
        if (tile.isEmpty()) {
            return VideoTiles.about(g);
        }
        int[] grid = VideoTiles.grid(g);
        for (int axis = 0; axis < grid.length; axis++) {
            if (tile.get(axis) > grid[axis]) {
                String most = "%dx%dx%d".formatted(grid[0], grid[1], grid[2]);
                String found = String.valueOf(Rules.TILE.values().plain(tile));
                throw BadInputException.of(
                        Rules.TILE.field(),
                        "at most " + most,
                        found,
                        Message.of(
                                "%s: expected at most %s, the tokens of the video along frames, rows"
                                        + " and columns, found %s",
                                Rules.TILE.field(), most, found));
            }
        }
        return new VideoTiles(g, tile.get(0), tile.get(1), tile.get(2));
    }
}
