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

    private SnrSchedule() {}

    /**
     * Spreads densities over the steps from {@code first} on.
     *
     * @param densities by step, changed in place; none becomes more than 1
     * @param logSnr logarithm of signal to noise, in power, by step
     * @param first the first sparse step
     */
    public static void spread(double[] densities, double[] logSnr, int first) {
        int steps = densities.length;
        if (steps - first < 3) {
            return;
        }
        int pivot = pivot(logSnr, first);
        double distance = Math.abs(logSnr[first] - logSnr[pivot]);
        if (!(distance > 0 && distance < Double.POSITIVE_INFINITY)) {
            return;
        }
        double steepness = Math.log(TAU / (1 - TAU)) / distance;
        double[] dense = new double[steps];
        double mean = 0;
        for (int step = first; step < steps; step++) {
            dense[step] = 1 / (1 + Math.exp(steepness * (logSnr[step] - logSnr[pivot])));
            mean += dense[step] / (steps - first);
        }
        for (int step = first; step < steps; step++) {
            double least = densities[step] / (1 + (RATIO - 1) * mean);
            densities[step] = Math.min(1, least * (1 + (RATIO - 1) * dense[step]));
        }
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
