package org.svgen.sparse;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The tiles that a tile attends to in Sliding Tile Attention (arXiv 2502.04507): a box of tiles
 * around it, moved inwards at the edges of the video, so that each tile has as many.
 *
 * @param tiles of the video
 * @param size of the box in tiles, along frames, rows and columns
 * @param density fraction of all pairs that is kept, text with it
 */
record TileWindow(VideoTiles tiles, List<Integer> size, double density) {
    /** Windows that keep so much of what the largest keeps are equally good. */
    private static final double NEAR = 0.9;

    static TileWindow of(VideoTiles tiles, int frames, int rows, int columns) {
        List<Integer> size = List.of(frames, rows, columns);
        VideoGeometry g = tiles.g();
        double pairs = 1;
        for (int axis = 0; axis < size.size(); axis++) {
            pairs *= pairs(tiles, axis, size.get(axis));
        }
        return new TileWindow(
                tiles, size, ClusterShares.least(g) + pairs / ((double) g.tokens() * g.tokens()));
    }

    /** Pairs of places on an axis. */
    private static double pairs(VideoTiles tiles, int axis, int window) {
        int count = tiles.counts()[axis];
        double pairs = 0;
        for (int query = 0; query < count; query++) {
            for (int key = 0; key < count; key++) {
                pairs +=
                        near(query, key, window, count)
                                ? (double) tiles.size(axis, query) * tiles.size(axis, key)
                                : 0;
            }
        }
        return pairs;
    }

    /**
     * Of the windows that the density has room for, those that keep about the most; of these the
     * one whose least share of an axis is greatest, and then the one that keeps more. A tile alone
     * where there is room for none.
     */
    static TileWindow ofDensity(VideoTiles tiles, double density) {
        int[] counts = tiles.counts();
        List<TileWindow> windows = new ArrayList<>();
        for (int f = 1; f <= counts[0]; f++) {
            for (int r = 1; r <= counts[1]; r++) {
                for (int c = 1; c <= counts[2]; c++) {
                    windows.add(of(tiles, f, r, c));
                }
            }
        }
        double most =
                windows.stream()
                        .mapToDouble(TileWindow::density)
                        .filter(kept -> kept <= density)
                        .max()
                        .orElse(0);
        return windows.stream()
                .filter(w -> w.density <= density && w.density >= NEAR * most)
                .max(
                        Comparator.comparingDouble(TileWindow::leastShare)
                                .thenComparingDouble(TileWindow::density))
                .orElse(windows.getFirst());
    }

    private double leastShare() {
        double least = 1;
        for (int axis = 0; axis < size.size(); axis++) {
            least = Math.min(least, (double) size.get(axis) / tiles.counts()[axis]);
        }
        return least;
    }

    /** Whether a tile of queries attends to a tile of keys. */
    boolean holds(int query, int key) {
        int[] counts = tiles.counts();
        int q = query;
        int k = key;
        boolean holds = true;
        for (int axis = size.size() - 1; axis >= 0; axis--) {
            holds &= near(q % counts[axis], k % counts[axis], size.get(axis), counts[axis]);
            q /= counts[axis];
            k /= counts[axis];
        }
        return holds;
    }

    private static boolean near(int query, int key, int window, int count) {
        int from = Math.clamp(query - (window - 1) / 2, 0, count - window);
        return key >= from && key < from + window;
    }
}
