package org.svgen.schedule;

/** Quantiles of beta distributions whose two shapes are one. */
final class BetaQuantiles {
    private static final int TERMS = 60; // of a series whose terms halve, at least
    private static final int HALVINGS = 60;

    private BetaQuantiles() {}

    /** The x below which lies the share {@code p} of the distribution of {@code shape}. */
    static double of(double shape, double p) {
        if (p > 0.5) {
            return 1 - of(shape, 1 - p);
        }
        double wanted = 2 * p * below(shape, 0.5);
        double least = 0;
        double most = 0.5;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (least + most) / 2;
            if (below(shape, middle) < wanted) {
                least = middle;
            } else {
                most = middle;
            }
        }
        return (least + most) / 2;
    }

    /** The integral of {@code (t (1 - t))^(shape - 1)} from 0 to x, for x up to a half. */
    private static double below(double shape, double x) {
        double sum = 0;
        double factor = 1; // of the binomial series of (1 - t)^(shape - 1)
        for (int n = 0; n < TERMS; n++) {
            sum += factor / (shape + n);
            factor *= (n + 1 - shape) / (n + 1) * x;
        }
        return Math.pow(x, shape) * sum;
    }
}
