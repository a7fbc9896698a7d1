package org.svgen.cache;

import java.util.ArrayList;
import java.util.List;

/**
 * EasyCache as its paper and code say it, in double precision and without thought of speed, for one
 * sequence of samples whose outputs a function gives.
 */
final class SlowEasyCache {
    private final double threshold;
    private final int retained;
    private final int inARow;
    final List<Boolean> skipped = new ArrayList<>();
    final List<Double> errors = new ArrayList<>(); // NaN where nothing is decided
    final List<double[][]> outputs = new ArrayList<>(); // [branches][elements], per step

    SlowEasyCache(double threshold, int retained, int inARow) {
        this.threshold = threshold;
        this.retained = retained;
        this.inARow = inARow;
    }

    /**
     * What the network gives for a sample at a step, branch by branch; the prompt's is the last.
     */
    interface Network {
        double[][] output(int step, double[] sample);
    }

    SlowEasyCache run(double[][] samples, Network network) {
        int last = samples.length - 1;
        double k = Double.NaN;
        double e = 0;
        int row = 0;
        int computed = -1;
        double[][] v = {};
        for (int t = 0; t <= last; t++) {
            double error = Double.NaN;
            boolean skip = false;
            if (t >= retained && t < last) {
                e += k * distance(samples[t], samples[t - 1]) / size(v[v.length - 1]);
                error = e;
                skip = e < threshold && row < inARow;
            }
            errors.add(error);
            skipped.add(skip);
            if (skip) {
                double[][] made = new double[v.length][];
                for (int b = 0; b < v.length; b++) {
                    made[b] = new double[v[b].length];
                    for (int i = 0; i < v[b].length; i++) {
                        double c = v[b][i] - samples[computed][i];
                        made[b][i] = samples[t][i] + c;
                    }
                }
                outputs.add(made);
                row++;
                continue;
            }
            double[][] now = network.output(t, samples[t]);
            if (computed >= 0) {
                int b = now.length - 1;
                k = distance(now[b], v[b]) / distance(samples[t], samples[computed]);
            }
            v = now;
            computed = t;
            outputs.add(now);
            e = 0;
            row = 0;
        }
        return this;
    }

    private static double distance(double[] x, double[] y) {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += Math.abs(x[i] - y[i]);
        }
        return sum / x.length;
    }

    private static double size(double[] x) {
        return distance(x, new double[x.length]);
    }
}
