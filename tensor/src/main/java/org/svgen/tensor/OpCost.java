package org.svgen.tensor;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What operations take, to compare calls of one operation with each other: floating point
 * operations (a multiplication and an addition are two) of products, convolutions and attention,
 * bytes read and written by all others.
 */
final class OpCost {
    private OpCost() {}

    static double of(String operation, @Nullable Object[] args) {
        return switch (operation) {
            case "linear" -> 2 * elements(args, 4) * tensor(args, 1).size(-1);
            case "linearGated" -> 2 * elements(args, 5) * tensor(args, 1).size(-1);
            case "linearPair" -> 2 * elements(args, 4) * tensor(args, 2).size(-1);
            case "conv3d" -> 2 * elements(args, 4) * elements(args, 1) / tensor(args, 1).size(0);
            case "conv3dAdd" -> 2 * elements(args, 5) * elements(args, 1) / tensor(args, 1).size(0);
            case "convolveEnlarged" ->
                    2 * elements(args, 7) * elements(args, 3) / tensor(args, 3).size(0);
            case "attention" ->
                    4 * heads(args) * pairs((AttentionPlan) arg(args, 3), args[4] != null);
            case "profile" -> {
                AttentionPlan plan = (AttentionPlan) arg(args, 4);
                double kept = 1 + plan.kinds().size() * pairs(plan, true) / allPairs(plan);
                yield 4
                        * heads(args)
                        * ((int[]) arg(args, 3)).length
                        * kept
                        * tensor(args, 1).size(2);
            }
            case "biasedAttention" -> 4 * elements(args, 0) * tensor(args, 0).size(0);
            default -> bytes(args);
        };
    }

    /** Elements of q for one token. */
    private static double heads(@Nullable Object[] args) {
        return elements(args, 0) / tensor(args, 0).size(2);
    }

    /**
     * Pairs that one head computes.
     *
     * @param perHead true if heads may be of either of two kinds, which are about as frequent
     */
    private static double pairs(AttentionPlan plan, boolean perHead) {
        double first = plan.kinds().getFirst().pattern().pairs();
        return perHead && plan.kinds().size() > 1
                ? (first + plan.kinds().get(1).pattern().pairs()) / 2
                : first;
    }

    private static double allPairs(AttentionPlan plan) {
        KeyPattern pattern = plan.kinds().getFirst().pattern();
        return (double) pattern.queries() * pattern.keys();
    }

    private static double bytes(@Nullable Object[] args) {
        double bytes = 0;
        for (Object arg : args) {
            bytes += arg instanceof Tensor t ? t.bytes() : 0;
        }
        return bytes;
    }

    private static double elements(@Nullable Object[] args, int i) {
        return tensor(args, i).elements();
    }

    static Tensor tensor(@Nullable Object[] args, int i) {
        return (Tensor) arg(args, i);
    }

    static Object arg(@Nullable Object[] args, int i) {
        return Objects.requireNonNull(args[i]);
    }
}
