package org.svgen.sparse;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.svgen.state.State;

/**
 * What some heads cost and miss, by how much error a unit of cost is worth: each head takes the
 * choice of least {@code error + worth * cost}. Both sums are steps in the worth, so they are found
 * once, and then looked up.
 */
final class Tradeoff {
    private static final Tradeoff NONE =
            new Tradeoff(0, new double[0], new double[1], new double[1]);

    private final int heads;
    private final double[] worths; // falling: below worths[i], move i is made
    private final double[] costs; // [moves + 1]: after so many moves
    private final double[] errors;

    private Tradeoff(int heads, double[] worths, double[] costs, double[] errors) {
        this.heads = heads;
        this.worths = worths;
        this.costs = costs;
        this.errors = errors;
    }

    /**
     * {@return as many of them as were kept}
     *
     * @param now what they are
     */
    static List<Tradeoff> state(State state, List<Tradeoff> now) {
        List<Tradeoff> kept = new ArrayList<>();
        long count = state.whole("count", now.size());
        for (int i = 0; i < count; i++) {
            kept.add((i < now.size() ? now.get(i) : NONE).state(state.part(String.valueOf(i))));
        }
        return kept;
    }

    private Tradeoff state(State state) {
        return new Tradeoff(
                (int) state.whole("heads", heads),
                state.numbers("worths", worths),
                state.numbers("costs", costs),
                state.numbers("errors", errors));
    }

    /** From one choice of a head to its next better one. */
    private record Move(double worth, double cost, double saved) {}

    /**
     * @param cost before all moves
     * @param error behind all moves
     */
    private Tradeoff(int heads, double cost, double error, List<Move> moves) {
        this.heads = heads;
        this.worths = moves.stream().mapToDouble(Move::worth).toArray();
        this.costs = new double[moves.size() + 1];
        this.errors = new double[moves.size() + 1];
        costs[0] = cost;
        for (int i = 0; i < moves.size(); i++) {
            costs[i + 1] = costs[i] + moves.get(i).cost();
        }
        // From the end, where heads that keep all miss nothing at all.
        errors[moves.size()] = error;
        for (int i = moves.size(); i > 0; i--) {
            errors[i - 1] = errors[i] + moves.get(i - 1).saved();
        }
    }

    /**
     * Of heads that have the same choices.
     *
     * @param errors of each head, by choice; infinite where a choice will not do
     * @param costs by choice
     */
    static Tradeoff of(List<double[]> errors, double[] costs) {
        List<Move> moves = new ArrayList<>();
        double cost = 0;
        double error = 0;
        for (double[] head : errors) {
            int at = cheapest(head, costs);
            cost += costs[at];
            for (int next = better(head, costs, at); next >= 0; next = better(head, costs, at)) {
                double more = costs[next] - costs[at];
                double less = head[at] - head[next];
                moves.add(new Move(less / more, more, less));
                at = next;
            }
            error += head[at];
        }
        // A stable sort keeps the moves of a head, whose worths fall, in their order.
        moves.sort(Comparator.comparingDouble(Move::worth).reversed());
        return new Tradeoff(errors.size(), cost, error, moves);
    }

    private static int cheapest(double[] errors, double[] costs) {
        int best = -1;
        for (int i = 0; i < costs.length; i++) {
            if (errors[i] < Double.POSITIVE_INFINITY
                    && (best < 0
                            || costs[i] < costs[best]
                            || costs[i] == costs[best] && errors[i] < errors[best])) {
                best = i;
            }
        }
        if (best < 0) {
            throw new IllegalArgumentException("no choice will do");
        }
        return best;
    }

    /** The choice that saves most error for its cost; none if no error is left to save: -1. */
    private static int better(double[] errors, double[] costs, int at) {
        int best = -1;
        double most = 0;
        for (int i = 0; i < costs.length; i++) {
            double saved = (errors[at] - errors[i]) / (costs[i] - costs[at]);
            if (costs[i] > costs[at]
                    && (saved > most || saved == most && best >= 0 && costs[i] > costs[best])) {
                most = saved;
                best = i;
            }
        }
        return most > 0 ? best : -1;
    }

    int heads() {
        return heads;
    }

    /** The sum of all heads' costs. */
    double cost(double worth) {
        return costs[moves(worth)];
    }

    /** The sum of all heads' errors. */
    double error(double worth) {
        return errors[moves(worth)];
    }

    /** How many moves save more than {@code worth} for a unit of cost. */
    private int moves(double worth) {
        int from = 0;
        int to = worths.length;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (worths[middle] > worth) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from;
    }
}
