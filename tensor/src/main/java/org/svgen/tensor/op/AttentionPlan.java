package org.svgen.tensor.op;

import java.util.List;

/**
 * What the heads of one attention call do. Each head has a kind; a kind attends by a pattern, in an
 * order of the tokens.
 *
 * @param kinds at least one; where a call gives no kinds for its heads, all are of kind 0
 */
public record AttentionPlan(List<Kind> kinds) {
    /** Checks that there is a kind, and that all are of one size. */
    public AttentionPlan {
        kinds = List.copyOf(kinds);
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
     * @param perHead true if heads may be of either of two kinds, which are about as frequent
     */
    double pairs(boolean perHead) {
        double first = kinds.getFirst().pattern().pairs();
        return perHead && kinds.size() > 1 ? (first + kinds.get(1).pattern().pairs()) / 2 : first;
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
