package org.svgen.tensor.device;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.KeyPattern;

/**
 * What operations take: floating point operations (a multiplication and an addition are two) of
 * products, convolutions and attention, and bytes that any way of doing it reads and writes.
 */
final class OpCost {
    private OpCost() {}

    /**
     * To compare calls of one operation: what it computes, or, where it only moves, what it moves.
     */
    static double of(String operation, @Nullable Object[] args) {
        double computed = operations(operation, args);
        return computed > 0 ? computed : bytes(operation, args);
    }

    /** Floating point operations, 0 of what is limited by memory anyhow. */
    static double operations(String operation, @Nullable Object[] args) {
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
                double kept = 1 + plan.kinds().size() * density(plan, true);
                yield 4
                        * heads(args)
                        * ((int[]) arg(args, 3)).length
                        * kept
                        * tensor(args, 1).size(2);
            }
            case "biasedAttention" -> 4 * elements(args, 0) * tensor(args, 0).size(0);
            default -> 0;
        };
    }

    /** Bytes of all operands once, but of those twice that are added to, and of scratch none. */
    static double bytes(String operation, @Nullable Object[] args) {
        double all = 0;
        for (Object arg : args) {
            all += arg instanceof Tensor t ? t.bytes() : 0;
        }
        return switch (operation) {
            case "addGated" -> all + tensor(args, 2).bytes();
            case "linearGated", "conv3dAdd" ->
                    all - tensor(args, 4).bytes() + tensor(args, 5).bytes();
            case "convolveEnlarged" -> all - tensor(args, 6).bytes();
            case "embedding" -> { // only the rows that are asked for
                double table = tensor(args, 1).bytes();
                yield all - table + elements(args, 2) * tensor(args, 1).dtype().bytes();
            }
            case "splitHeads" -> { // out may have room for other tokens
                double out = tensor(args, args.length - 1).bytes();
                int width = tensor(args, args.length - 1).dtype().bytes();
                yield all - out + elements(args, 0) * width;
            }
            case "profile" -> { // only the sampled queries
                Tensor q = tensor(args, 0);
                double kept = (double) ((int[]) arg(args, 3)).length / q.size(2);
                yield all - q.bytes() * Math.max(0, 1 - kept);
            }
            default -> all;
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

    /** The kept fraction of all pairs. */
    static double density(AttentionPlan plan, boolean perHead) {
        KeyPattern pattern = plan.kinds().getFirst().pattern();
        return pairs(plan, perHead) / ((double) pattern.queries() * pattern.keys());
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
