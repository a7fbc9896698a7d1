package org.svgen.tensor.op;

import java.util.List;

/**
 * What the heads of one attention call do. Each head has a kind; a kind attends by a pattern, in an
 * order of the tokens.
 *
 * @param kinds at least one; where a call gives no kinds for its heads, all are of kind 0
 * @param usual which kinds heads are of, as long as nobody knows better, each about as often: what
 *     work is counted and measured by
 */
public record AttentionPlan(List<Kind> kinds, List<Integer> usual) {
    /** Checks that there is a kind, that all are of one size, and that usual ones are there. */
    public AttentionPlan {
        kinds = List.copyOf(kinds);
        usual = List.copyOf(usual);
        if (kinds.isEmpty()) {
            throw new IllegalArgumentException("an attention plan needs a kind");
        }
        KeyPattern first = kinds.getFirst().pattern();
        for (Kind kind : kinds) {
            KeyPattern other = kind.pattern();
            if (other.queries() != first.queries() || other.keys() != first.keys()) {
                throw new IllegalArgumentException(
                        "kinds of %d x %d and %d x %d in one attention plan"
                                .formatted(
                                        first.queries(),
                                        first.keys(),
                                        other.queries(),
                                        other.keys()));
            }
        }
        int count = kinds.size();
        if (usual.isEmpty() || usual.stream().anyMatch(kind -> kind < 0 || kind >= count)) {
            throw new IllegalArgumentException("usual kinds " + usual + " of " + count);
        }
    }

    /**
     * Heads are usually of the first two kinds.
     *
     * @param kinds at least one
     */
    public AttentionPlan(List<Kind> kinds) {
        this(kinds, kinds.size() > 1 ? List.of(0, 1) : List.of(0));
    }

    /**
     * {@return every query attends to every key}
     *
     * @param queries number of queries
     * @param keys number of keys
     */
    public static AttentionPlan dense(int queries, int keys) {
        return new AttentionPlan(
                List.of(new Kind(KeyPattern.dense(queries, keys), TokenOrder.IDENTITY)));
    }

    /**
     * Pairs that one head computes.
     *
     * @param perHead true if heads are of kinds of their own, see {@link #usual}
     */
    double pairs(boolean perHead) {
        return perHead
                ? usual.stream()
                        .mapToDouble(kind -> kinds.get(kind).pattern().pairs())
                        .average()
                        .orElseThrow()
                : kinds.getFirst().pattern().pairs();
    }

    /** The kept fraction of all pairs, of heads as in {@link #pairs}. */
    double density(boolean perHead) {
        KeyPattern pattern = kinds.getFirst().pattern();
        return pairs(perHead) / ((double) pattern.queries() * pattern.keys());
    }

    /**
     * A pattern, and the order of queries and keys in which its indices count.
     *
     * @param pattern which keys each query attends to, in that order of tokens
     * @param order the order of tokens
     */
    public record Kind(KeyPattern pattern, TokenOrder order) {}
}
