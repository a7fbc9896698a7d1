package org.svgen.schedule;

/**
 * The arithmetic of UniPC (arXiv 2302.04867, algorithms 5 to 8, for a prediction of the clean
 * sample): a step as weights of tensors. Lambda is half the logarithm of signal to noise.
 */
enum UniPcSolver {
    /** B(h) = h. */
    BH1,
    /** B(h) = exp(h) - 1. */
    BH2;

    /**
     * A sample as a sum.
     *
     * @param ofSample weight of the sample that the step leads away from
     * @param ofClean weight of the clean sample found there
     * @param ofOthers weight of each other clean sample
     */
    record Weights(double ofSample, double ofClean, double[] ofOthers) {}

    /**
     * @param from share of noise that the step leads away from
     * @param to share of noise that it leads to
     * @param others shares of noise at which the other clean samples were found
     */
    Weights weights(double from, double to, double... others) {
        double h = -(lambda(to) - lambda(from)); // minus infinity where no noise is left
        double signal = 1 - to;
        double b = this == BH1 ? h : Math.expm1(h);
        double[] nodes = new double[others.length];
        for (int i = 0; i < nodes.length; i++) {
            nodes[i] = (lambda(others[i]) - lambda(from)) / -h;
        }
        double[] shares = shares(nodes, h, b);
        double ofClean = -signal * Math.expm1(h);
        double[] ofOthers = new double[nodes.length];
        for (int i = 0; i < nodes.length; i++) {
            ofOthers[i] = -signal * b * shares[i] / nodes[i];
            ofClean -= ofOthers[i];
        }
        return new Weights(to / from, ofClean, ofOthers);
    }

    private static double lambda(double sigma) {
        return Math.log(1 - sigma) - Math.log(sigma);
    }

    /** The paper's a: how much each difference of clean samples counts. */
    private static double[] shares(double[] nodes, double h, double b) {
        if (nodes.length == 1) {
            return new double[] {0.5}; // the paper's simpler form, which is as exact
        }
        double[][] powers = new double[nodes.length][nodes.length + 1];
        double phi = Math.expm1(h) / h - 1;
        double factorial = 1;
        for (int row = 0; row < nodes.length; row++) {
            for (int i = 0; i < nodes.length; i++) {
                powers[row][i] = Math.pow(nodes[i], row);
            }
            powers[row][nodes.length] = phi * factorial / b;
            factorial *= row + 2;
            phi = phi / h - 1 / factorial;
        }
        return solve(powers);
    }

    /** By elimination; the nodes differ, so there is one solution. */
    private static double[] solve(double[][] rows) {
        int n = rows.length;
        for (int k = 0; k < n; k++) {
            for (int row = k + 1; row < n; row++) {
                double factor = rows[row][k] / rows[k][k];
                for (int i = k; i <= n; i++) {
                    rows[row][i] -= factor * rows[k][i];
                }
            }
        }
        double[] solution = new double[n];
        for (int k = n - 1; k >= 0; k--) {
            double rest = rows[k][n];
            for (int i = k + 1; i < n; i++) {
                rest -= rows[k][i] * solution[i];
            }
            solution[k] = rest / rows[k][k];
        }
        return solution;
    }
}
