package org.svgen.cpu;

import java.util.ArrayList;
import java.util.List;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.KeyPattern;

/**
 * Attention by key patterns, in one pass over the keys that are kept: work grows with kept pairs,
 * memory does not. Keys and values of a head are packed once; tiles of queries then run on all
 * cores. The order of a head is applied where rows are read and written.
 */
final class BandAttention {
    /**
     * Floats of keys and values packed at a time for each thread: a part of the third-level cache.
     */
    private static final long PACKED_FLOATS_PER_THREAD = 1L << 19;

    /** Tiles that each thread finds before it has to wait for the others, at least. */
    private static final int MIN_TILES_PER_THREAD = 8;

    private final Parallel parallel;
    private final HeadPanels panels = new HeadPanels();

    BandAttention(Parallel parallel) {
        this.parallel = parallel;
    }

    /**
     * @param kinds of the heads of each batch entry, indices into the plan
     */
    void attend(
            Tensor q,
            Tensor k,
            Tensor v,
            AttentionPlan plan,
            int[] kinds,
            float scale,
            Tensor out) {
        int dim = q.size(3);
        int heads = q.size(1);
        panels.resize(k.size(2), dim);
        List<List<Tile>> tiles = plan.kinds().stream().map(kind -> tiles(kind.pattern())).toList();
        long fewest =
                Math.ceilDiv(MIN_TILES_PER_THREAD * parallel.threads() * QueryTile.ROWS, q.size(2));
        long cached = PACKED_FLOATS_PER_THREAD * parallel.threads() / panels.size();
        int step = evenly(kinds.length, Math.max(cached, fewest));
        Floats qs = Floats.of(q);
        Floats to = Floats.of(out);
        for (int first = 0; first < kinds.length; first += step) {
            int base = first;
            int count = Math.min(step, kinds.length - first);
            Places[] orders = new Places[count];
            int[] begin = new int[count + 1]; // number of the first tile of each head
            for (int i = 0; i < count; i++) {
                orders[i] = Places.of(plan.kinds().get(kinds[base + i]).order());
                begin[i + 1] = begin[i] + tiles.get(kinds[base + i]).size();
            }
            panels.pack(parallel, k, v, base, orders);
            parallel.run(
                    begin[count],
                    task -> {
                        int slot = slot(begin, task);
                        int head = base + slot;
                        Tile t = tiles.get(kinds[head]).get(task - begin[slot]);
                        QueryTile tile = QueryTile.ofThread();
                        tile.load(
                                qs,
                                (long) head * q.size(2),
                                orders[slot],
                                t.from,
                                t.count,
                                dim,
                                scale);
                        tile.attend(t.segment, t.from, panels, slot);
                        tile.store(
                                to,
                                head / heads,
                                q.size(2),
                                heads,
                                head % heads,
                                orders[slot],
                                t.from);
                    });
        }
    }

    /** Heads at a time, about {@code most}: in as few turns, but all of about the same length. */
    private static int evenly(int heads, long most) {
        int turns = Math.ceilDiv(heads, Math.clamp(most, 1, heads));
        return Math.ceilDiv(heads, turns);
    }

    /** The head that tile {@code task} belongs to. */
    private static int slot(int[] begin, int task) {
        int slot = 0;
        while (begin[slot + 1] <= task) {
            slot++;
        }
        return slot;
    }

    private static List<Tile> tiles(KeyPattern pattern) {
        List<Tile> tiles = new ArrayList<>();
        for (KeyPattern.Segment s : pattern.segments()) {
            for (int q = s.from(); q < s.to(); q += QueryTile.ROWS) {
                tiles.add(new Tile(s, q, Math.min(QueryTile.ROWS, s.to() - q)));
            }
        }
        return tiles;
    }

    /** {@code count} queries of one segment. */
    private record Tile(KeyPattern.Segment segment, int from, int count) {}
}
