package org.svgen.sparse;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.DoublePredicate;
import org.svgen.state.State;

/**
 * Spends a run's density where it saves most error. One number rules all heads: the error that a
 * unit of density is worth (a Lagrange multiplier). It is found after each step, from the errors of
 * that step, so that the steps that are left spend what is left, if errors stay as they are. A
 * limit of the error lowers it.
 *
 * <p>An error is the squared error of a head, as a share of what its layer puts out, times the
 * weight of its step and branch ({@link Course}).
 */
public final class DensityBudget {
    private static final int HALVINGS = 120;
    private static final double LEAST = 1e-30;
    private static final double MOST = 1e30;

    /** Calls take costs and multipliers as floats: rounding shall not decide what a head gets. */
    private static final double MARGIN = 1e-5;

    private final double[] densities; // by step: what sparse calls are to keep on average
    private final boolean moves; // between steps
    private final double maxError;
    private final int heads;
    private Course course;
    private double owed; // density of heads: planned for steps that are done, and not spent
    private double missed; // weighted errors of this course's steps
    private double multiplier = Double.NaN;
    private List<Tradeoff> branches = List.of(); // as the last computed step found them

    /**
     * Nothing spent yet.
     *
     * @param densities by step: what sparse calls are to keep on average
     * @param moves whether a step may spend what another one was to
     * @param maxError the most weighted error of the run, as {@link MissedError#error}; infinity is
     *     no limit
     * @param heads of a step, over layers and branches
     * @param course the first denoiser's
     */
    public DensityBudget(
            double[] densities, boolean moves, double maxError, int heads, Course course) {
        this.densities = densities.clone();
        this.moves = moves;
        this.maxError = maxError;
        this.heads = heads;
        this.course = course;
    }

    /**
     * Goes on with the next denoiser; what is known of errors holds until it is known better.
     *
     * @param next its steps
     */
    public void begin(Course next) {
        this.course = next;
        this.owed = 0;
        this.missed = 0;
        plan(next.from());
    }

    /**
     * What is owed and known passes by, of the course under way.
     *
     * @param state keeps it, or gives it back
     */
    public void state(State state) {
        owed = state.number("owed", owed);
        missed = state.number("missed", missed);
        multiplier = state.number("multiplier", multiplier);
        branches = Tradeoff.state(state.part("branches"), branches);
    }

    Course course() {
        return course;
    }

    /** Whether the run's error has a limit. */
    boolean limited() {
        return maxError < Double.POSITIVE_INFINITY;
    }

    /** What a unit of density is worth; none if nothing is known of errors. */
    OptionalDouble multiplier() {
        return Double.isNaN(multiplier) ? OptionalDouble.empty() : OptionalDouble.of(multiplier);
    }

    /**
     * {@return whether the run may skip a step whose output would miss so much}
     *
     * @param step which
     * @param error that its output is thought to have, as a share of it
     */
    public boolean allows(int step, double error) {
        double share = course.weight(step) * heads / course.branches();
        return missed + error * error * share <= allowance(step + 1);
    }

    /** The most weighted error that steps may have missed behind {@code to}. */
    private double allowance(int to) {
        return maxError * maxError * course.weightBefore(to) * heads / course.branches();
    }

    /**
     * Takes what a step found.
     *
     * @param first which branch of guidance the first is
     * @param found what the heads of each branch cost and miss, over the layers that are sparse
     */
    void know(int first, List<Tradeoff> found) {
        List<Tradeoff> all = new ArrayList<>(branches);
        for (int b = 0; b < found.size(); b++) {
            if (first + b < all.size()) {
                all.set(first + b, found.get(b));
            } else {
                all.add(found.get(b));
            }
        }
        this.branches = List.copyOf(all);
    }

    /**
     * A step is done.
     *
     * @param step which
     * @param sparse heads that attended sparsely in it, over layers and branches
     * @param density the sum of what they kept
     * @param error the sum of their weighted errors
     */
    void spent(int step, int sparse, double density, double error) {
        owed += sparse * densities[step] - density;
        missed += error;
        plan(step + 1);
    }

    /**
     * A step is not computed.
     *
     * @param step which
     * @param error the sum of its weighted errors
     */
    void skipped(int step, double error) {
        missed += error;
        plan(step + 1);
    }

    /** Finds what a unit of density is worth from {@code next} on. */
    private void plan(int next) {
        if (branches.isEmpty() || next >= course.to()) {
            return;
        }
        int end = moves ? course.to() : next + 1;
        int sparse = branches.stream().mapToInt(Tradeoff::heads).sum();
        double left = owed;
        for (int step = next; step < end; step++) {
            left += sparse * densities[step];
        }
        double budget = left;
        double worth = edge(w -> cost(next, end, w) <= budget).above();
        double most = allowance(course.to()) - missed;
        if (error(next, worth) > most) {
            double limit = edge(w -> error(next, w) > most).below();
            // Where all keys alone will do, heads that change a little must not find a band.
            worth = error(next, limit) > 0 ? limit : LEAST;
        }
        multiplier = worth;
    }

    private double cost(int from, int to, double worth) {
        double sum = 0;
        for (int step = from; step < to; step++) {
            for (int b = 0; b < branches.size(); b++) {
                sum += branches.get(b).cost(worth / course.weights()[step][b]);
            }
        }
        return sum;
    }

    private double error(int from, double worth) {
        double sum = 0;
        for (int step = from; step < course.to(); step++) {
            for (int b = 0; b < branches.size(); b++) {
                double weight = course.weights()[step][b];
                sum += weight * branches.get(b).error(worth / weight);
            }
        }
        return sum;
    }

    /** Worths close to where something begins to hold, on either side of it. */
    private record Edge(double below, double above) {}

    private static Edge edge(DoublePredicate holds) {
        double low = Math.log(LEAST);
        double high = Math.log(MOST);
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            if (holds.test(Math.exp(middle))) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return new Edge(Math.exp(low) * (1 - MARGIN), Math.exp(high) * (1 + MARGIN));
    }
}
