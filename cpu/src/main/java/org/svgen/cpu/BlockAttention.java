package org.svgen.cpu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.svgen.tensor.op.BlockAttentionOp;
import org.svgen.tensor.op.BlockMap;
import org.svgen.tensor.op.BlockTail;

/**
 * Attention by maps of blocks, with the tiles of {@link BandAttention}: blocks of keys that follow
 * each other are one range, so that where all are kept bits are those of dense attention.
 */
final class BlockAttention {
    private static final float LOG2E = 1.44269504f;

    /** Floats of keys and values packed at a time. */
    private static final long PACKED_FLOATS = 1L << 22;

    private final Parallel parallel;
    private final HeadPanels panels = new HeadPanels();
    private final HeadPanels means = new HeadPanels();

    BlockAttention(Parallel parallel) {
        this.parallel = parallel;
    }

    void apply(BlockAttentionOp o) {
        Call call = new Call(o);
        int all = o.q().size(0) * o.q().size(1);
        panels.resize(o.k().size(2), o.q().size(3));
        int step = (int) Math.clamp(PACKED_FLOATS / Math.max(1, panels.size()), 1, all);
        for (int first = 0; first < all; first += step) {
            heads(call, first, Math.min(step, all - first));
        }
    }

    private void heads(Call call, int first, int count) {
        BlockAttentionOp o = call.op;
        Places[] ofKeys = new Places[count];
        List<Tile> tiles = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ofKeys[i] = call.keys.places(call.map(first + i));
            call.tiles(i, call.map(first + i), tiles);
        }
        panels.pack(parallel, o.k(), o.v(), first, ofKeys);
        BlockTail tail = o.tail();
        if (tail != null) {
            means.resize(call.keys.count(), o.q().size(3));
            Places[] inOrder = new Places[count];
            Arrays.fill(inOrder, new Places.Listed(new int[0], 0));
            means.pack(parallel, tail.keys(), tail.values(), first, inOrder);
        }
        Floats qs = Floats.of(o.q());
        Floats out = Floats.of(o.out());
        parallel.run(tiles.size(), task -> attend(call, first, tiles.get(task), qs, out));
    }

    private void attend(Call call, int first, Tile t, Floats qs, Floats out) {
        BlockAttentionOp o = call.op;
        int queries = o.q().size(2);
        int heads = o.q().size(1);
        int head = first + t.slot;
        int map = call.map(head);
        Places places = call.queries.places(map);
        QueryTile tile = QueryTile.ofThread();
        int dim = o.q().size(3);
        tile.load(qs, (long) head * queries, places, t.from, t.count, dim, o.scale());
        if (t.block >= 0) {
            int row = call.row(map, t.block);
            attend(call, map, row, tile, t.slot);
            if (o.tail() != null) {
                tail(call, map, row, tile, t.slot);
            }
        }
        tile.store(out, head / heads, queries, heads, head % heads, places, t.from);
    }

    /** To the blocks that a row of bits keeps. */
    private void attend(Call call, int map, int row, QueryTile tile, int slot) {
        int from = 0;
        int to = 0;
        for (int j = 0; j < call.keys.count(); j++) {
            if (Blocks.kept(call.bits, row, j) && call.keys.size(map, j) > 0) {
                int begins = call.keys.bound(map, j);
                if (begins != to && from < to) {
                    tile.attend(from, to, panels, slot);
                }
                from = begins == to && from < to ? from : begins;
                to = call.keys.bound(map, j + 1);
            }
        }
        if (from < to) {
            tile.attend(from, to, panels, slot);
        }
    }

    /** To the means of all other blocks. */
    private void tail(Call call, int map, int row, QueryTile tile, int slot) {
        int count = call.keys.count();
        float[] added = Scratch.floats(Scratch.Use.SCALES, QueryTile.wholeTiles(count));
        boolean any = false;
        for (int j = 0; j < added.length; j++) {
            int size = j < count ? call.keys.size(map, j) : 0;
            boolean stands = size > 0 && !Blocks.kept(call.bits, row, j);
            added[j] = stands ? (float) Math.log(size) * LOG2E : Float.NEGATIVE_INFINITY;
            any |= stands;
        }
        if (any) {
            tile.attend(count, added, means, slot);
        }
    }

    /** An operation, its map as arrays. */
    private static final class Call {
        private final BlockAttentionOp op;
        private final HeadBlocks queries;
        private final HeadBlocks keys;
        private final int[] bits;
        private final int[] which;

        private Call(BlockAttentionOp op) {
            this.op = op;
            queries = HeadBlocks.of(op.map().queries(), op.q().size(2));
            keys = HeadBlocks.of(op.map().keys(), op.k().size(2));
            bits = HeadBlocks.ints(op.map().bits());
            which = HeadBlocks.ints(op.map().which());
        }

        private int map(int head) {
            return HeadBlocks.map(which, head, op.map().queries().maps());
        }

        /** Where the bits of a block of queries begin. */
        private int row(int map, int block) {
            return (map * queries.count() + block) * BlockMap.words(keys.count());
        }

        /** Adds the tiles of a head; those of no block write zeros. */
        private void tiles(int slot, int map, List<Tile> to) {
            int at = 0;
            for (int c = 0; c <= queries.count(); c++) {
                int next = queries.bound(map, c);
                add(slot, c == 0 ? -1 : c - 1, at, next, to);
                at = next;
            }
            add(slot, -1, at, op.q().size(2), to);
        }

        private static void add(int slot, int block, int from, int to, List<Tile> tiles) {
            for (int q = from; q < to; q += QueryTile.ROWS) {
                tiles.add(new Tile(slot, block, q, Math.min(QueryTile.ROWS, to - q)));
            }
        }
    }

    /** {@code count} queries of one block, or of none: -1. */
    private record Tile(int slot, int block, int from, int count) {}
}
