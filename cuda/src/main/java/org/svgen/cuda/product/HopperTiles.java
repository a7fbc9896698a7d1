package org.svgen.cuda.product;

import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * Tiles of a product for Hopper.
 *
 * @param name of the kernel, without the end that says what follows the product
 * @param rows of a tile
 * @param columns of a tile
 * @param cluster blocks, one above the other, that share what they read of the weights
 */
record HopperTiles(String name, int rows, int columns, int cluster) {
    /** What a tile takes beside its columns, in columns, as measured. */
    private static final int TILE_COST = 32;

    /** Of tiles of the same rows those that take least, the first of several. */
    static HopperTiles cheapest(List<HopperTiles> all, int m, int n, int multiprocessors) {
        return Collections.min(
                all, Comparator.comparingLong(tiles -> tiles.cost(m, n, multiprocessors)));
    }

    /** Rows of the boxes in which weights are read. */
    int boxRows() {
        return columns / cluster;
    }

    /** How long a product takes: its rounds of tiles, in columns that are multiplied. */
    private long cost(int m, int n, int multiprocessors) {
        long tiles = (long) Math.ceilDiv(m, rows * cluster) * cluster * Math.ceilDiv(n, columns);
        return Math.ceilDiv(tiles, multiprocessors) * (columns + TILE_COST);
    }

    long number(int m, int n) {
        return (long) Math.ceilDiv(m, rows) * Math.ceilDiv(n, columns);
    }

    long blocks(int m, int n, int multiprocessors) {
        long clusters = (long) Math.ceilDiv(m, rows * cluster) * Math.ceilDiv(n, columns);
        return Math.min(clusters, multiprocessors / cluster) * cluster;
    }
}
