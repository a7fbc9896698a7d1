package org.svgen.tensor;

import java.util.List;

/**
 * What the heads of one attention call do. Each head has a kind; a kind attends by a pattern, in an
 * order of the tokens.
 *
 * @param kinds at least one; where a call gives no kinds for its heads, all are of kind 0
 */
public record AttentionPlan(List<Kind> kinds) {
    public AttentionPlan {
        kinds = List.copyOf(kinds);
        if (kinds.isEmpty()) {
            throw new IllegalArgumentException("an attention plan needs a kind");
        }
    }

    /** Every query attends to every key. */
    public static AttentionPlan dense(int queries, int keys) {
        return new AttentionPlan(
                List.of(new Kind(KeyPattern.dense(queries, keys), TokenOrder.IDENTITY)));
    }

    /** A pattern, and the order of queries and keys in which its indices count. */
    public record Kind(KeyPattern pattern, TokenOrder order) {}
}
