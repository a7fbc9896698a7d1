package org.svgen.cuda.product;

/**
 * Tiles of a product for Hopper.
 *
 * @param name of the kernel, without the end that says what follows the product
 * @param rows of a tile
 * @param columns of a tile
 * @param cluster blocks, one above the other, that share what they read of the weights
 */
record HopperTiles(String name, int rows, int columns, int cluster) {
    long number(int m, int n) {
        return (long) Math.ceilDiv(m, rows) * Math.ceilDiv(n, columns);
    }

    long blocks(int m, int n, int multiprocessors) {
        long clusters = (long) Math.ceilDiv(m, rows * cluster) * Math.ceilDiv(n, columns);
        return Math.min(clusters, multiprocessors / cluster) * cluster;
    }
}
