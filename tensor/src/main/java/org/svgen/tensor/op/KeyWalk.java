package org.svgen.tensor.op;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.svgen.tensor.op.KeyPattern.Segment;
import org.svgen.tensor.op.KeyPattern.Span;

/**
 * A walk of some query rows over the keys in one order of tokens, on which they attend in many ways
 * at once. Where the keys of a kind begin or end, the walk is cut, so that every way keeps whole
 * pieces. Each weight is then computed once and added to one sum, whatever the number of kinds: a
 * way's sum is that of its pieces.
 *
 * @param order in which keys are met; positions below count in it
 * @param rows in ascending order of their own positions
 */
public record KeyWalk(TokenOrder order, List<Row> rows) {
    /** Kinds of a plan, at most: ways are bits. */
    public static final int MOST_KINDS = 63;

    private static final int WAY_BITS = 6;

    /**
     * A row and what it keeps.
     *
     * @param index which of the sampled rows
     * @param pieces that ascend and do not overlap
     */
    public record Row(int index, List<Piece> pieces) {}

    /**
     * Keys {@code from .. to}, at least one, that the same ways keep.
     *
     * @param from position of the first key
     * @param to one past the position of the last
     * @param ways bit 0: dense attention does; bit j + 1: kind j does; at least one bit is set
     */
    public record Piece(int from, int to, long ways) {}

    /** Keys {@code from .. to} of one way, by position. */
    private record Range(int way, int from, int to) {}

    /**
     * {@return a walk for each order of tokens, on which all kinds and dense attention are met}
     *
     * @param plan the kinds
     * @param rows sampled queries, as stored
     * @param keyLimit dense attention keeps the keys before it, as stored
     */
    public static List<KeyWalk> of(AttentionPlan plan, int[] rows, int keyLimit) {
        Map<TokenOrder, List<Integer>> kinds = new LinkedHashMap<>();
        for (int j = 0; j < plan.kinds().size(); j++) {
            TokenOrder order = plan.kinds().get(j).order();
            order = order.isIdentity() ? TokenOrder.IDENTITY : order;
            kinds.computeIfAbsent(order, o -> new ArrayList<>()).add(j);
        }
        TokenOrder dense =
                kinds.keySet().stream()
                        .filter(order -> !divides(order, keyLimit))
                        .findFirst()
                        .orElse(TokenOrder.IDENTITY);
        kinds.computeIfAbsent(dense, o -> new ArrayList<>());
        List<KeyWalk> walks = new ArrayList<>();
        kinds.forEach((order, these) ->
                walks.add(walk(plan, order, these, rows, order.equals(dense) ? keyLimit : 0)));
        return walks;
    }

    /** {@return one past the last position that a row keeps} */
    public int end() {
        return rows.stream()
                .filter(row -> !row.pieces().isEmpty())
                .mapToInt(row -> row.pieces().getLast().to())
                .max()
                .orElse(0);
    }

    /** Whether tokens before and behind {@code limit}, as stored, lie mixed in {@code order}. */
    private static boolean divides(TokenOrder order, int limit) {
        return !order.isIdentity()
                && limit > order.start()
                && limit < order.start() + order.rows() * order.columns();
    }

    private static KeyWalk walk(
            AttentionPlan plan, TokenOrder order, List<Integer> kinds, int[] rows, int dense) {
        List<Row> found = new ArrayList<>();
        for (int i = 0; i < rows.length; i++) {
            int query = order.position(rows[i]);
            List<Range> ranges = new ArrayList<>();
            ranges.add(new Range(0, 0, dense));
            for (int j : kinds) {
                Segment segment = plan.kinds().get(j).pattern().segmentOf(query);
                for (Span span : segment.spans()) {
                    ranges.add(new Range(j + 1, span.from(), span.to()));
                }
                ranges.add(new Range(j + 1, segment.bandFrom(query), segment.bandTo(query)));
            }
            found.add(new Row(i, pieces(ranges)));
        }
        found.sort(Comparator.comparingInt(row -> order.position(rows[row.index()])));
        return new KeyWalk(order, found);
    }

    private static List<Piece> pieces(List<Range> ranges) {
        long[] edges = new long[2 * ranges.size()]; // a position and the way that changes there
        int count = 0;
        for (Range range : ranges) {
            if (range.from < range.to) {
                edges[count++] = (long) range.from << WAY_BITS | range.way;
                edges[count++] = (long) range.to << WAY_BITS | range.way;
            }
        }
        Arrays.sort(edges, 0, count);
        List<Piece> pieces = new ArrayList<>();
        int from = 0;
        long ways = 0;
        for (int i = 0; i < count; ) {
            long at = edges[i] >> WAY_BITS;
            long next = ways;
            for (; i < count && edges[i] >> WAY_BITS == at; i++) {
                next ^= 1L << edges[i]; // of which the last 6 bits count
            }
            if (next != ways) {
                if (ways != 0) {
                    pieces.add(new Piece(from, (int) at, ways));
                }
                from = (int) at;
                ways = next;
            }
        }
        return pieces;
    }
}
