package org.svgen.sparse;

/**
 * Density by step, from the ratio of signal to noise (iCATS; svgen's adaptation to bands): a
 * sigmoid of the ratio's logarithm falls from the densest step to one of {@link #RATIO} less, about
 * the step behind which the ratio changes least; its mean is the density asked for.
 */
public final class SnrSchedule {
    /** How many times as dense the densest step is as the least. */
    private static final double RATIO = 2;

    /** The sigmoid's value at the first sparse step (iCATS: tau). */
    private static final double TAU = 0.98;

    private static final int HALVINGS = 60;
    private static final double ROUNDING = 1e-9;

    private SnrSchedule() {}

    /**
     * Spreads densities over the steps from {@code first} on.
     *
     * @param densities by step, changed in place; none becomes more than 1
     * @param logSnr logarithm of signal to noise, in power, by step
     * @param first the first sparse step
     */
    public static void spread(double[] densities, double[] logSnr, int first) {
        double[] dense = sigmoid(logSnr, first);
        double mean = 0;
        double asked = 0;
        for (int step = first; step < dense.length; step++) {
            mean += dense[step] / (dense.length - first);
            asked += densities[step];
        }
        double least = asked / (dense.length - first) / (1 + (RATIO - 1) * mean);
        double most = 1;
        // What steps cannot take beyond 1, the others get: the least grows until the sum is right.
        for (int i = 0; i < HALVINGS && sum(least, dense, first) < asked - ROUNDING; i++) {
            double middle = (least + most) / 2;
            if (sum(middle, dense, first) > asked) {
                most = middle;
            } else {
                least = middle;
            }
        }
        for (int step = first; step < dense.length; step++) {
            densities[step] = density(least, dense[step]);
        }
    }

    private static double sum(double least, double[] dense, int first) {
        double sum = 0;
        for (int step = first; step < dense.length; step++) {
            sum += density(least, dense[step]);
        }
        return sum;
    }

    private static double density(double least, double dense) {
        return Math.min(1, least * (1 + (RATIO - 1) * dense));
    }

    /**
     * Lets shares of attention's mass fall from the step {@code first} on, from about 1 by what is
     * given to as much below that (iCATS: p_t).
     *
     * @param shares by step, changed in place; from 0 to 1
     * @param logSnr logarithm of signal to noise, in power, by step
     * @param first the first sparse step
     */
    public static void fall(double[] shares, double[] logSnr, int first) {
        double[] dense = sigmoid(logSnr, first);
        for (int step = first; step < dense.length; step++) {
            double least = Math.max(0, 2 * shares[step] - 1);
            shares[step] = least + (1 - least) * dense[step];
        }
    }

    /** By step, from about 1 to 0; of no step where there are too few, or all are alike. */
    private static double[] sigmoid(double[] logSnr, int first) {
        int steps = logSnr.length;
        if (steps - first < 3) {
            return new double[0];
        }
        int pivot = pivot(logSnr, first);
        double distance = Math.abs(logSnr[first] - logSnr[pivot]);
        if (!(distance > 0 && distance < Double.POSITIVE_INFINITY)) {
            return new double[0];
        }
        double steepness = Math.log(TAU / (1 - TAU)) / distance;
        double[] dense = new double[steps];
        for (int step = first; step < steps; step++) {
            dense[step] = 1 / (1 + Math.exp(steepness * (logSnr[step] - logSnr[pivot])));
        }
        return dense;
    }

    /** The step behind the least change of the ratio. */
    static int pivot(double[] logSnr, int first) {
        int pivot = first + 1;
        double least = Double.POSITIVE_INFINITY;
        for (int step = first + 1; step < logSnr.length; step++) {
            double change = Math.abs(logSnr[step] - logSnr[step - 1]);
            if (change < least) {
                least = change;
                pivot = step;
            }
        }
        return pivot;
    }
}
