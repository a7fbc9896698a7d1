package org.svgen.sparse;

import org.svgen.tensor.Tensor;

/** How far outputs are from dense attention, in double precision, row by row. */
final class SlowErrors {
    private SlowErrors() {}

    /**
     * The sum over branches and heads of squared errors, each as a share of the mean square that
     * the heads of its branch put out densely.
     *
     * @param q of [branches, heads, tokens, dim], as k and v
     * @param out [branches, tokens, heads, dim]
     * @param weights of the branches
     */
    static double weighted(Tensor q, Tensor k, Tensor v, float[] out, double[] weights) {
        int heads = q.size(1);
        int n = q.size(2);
        int dim = q.size(3);
        double sum = 0;
        for (int b = 0; b < weights.length; b++) {
            double error = 0;
            double energy = 0;
            for (int h = 0; h < heads; h++) {
                float[] queries = q.get(b).get(h).toFloats();
                float[] keys = k.get(b).get(h).toFloats();
                float[] values = v.get(b).get(h).toFloats();
                for (int i = 0; i < n; i++) {
                    double[] dense = row(queries, keys, values, i, n, dim);
                    for (int d = 0; d < dim; d++) {
                        double miss = out[((b * n + i) * heads + h) * dim + d] - dense[d];
                        error += miss * miss;
                        energy += dense[d] * dense[d];
                    }
                }
            }
            sum += weights[b] * error / (energy / heads);
        }
        return sum;
    }

    private static double[] row(float[] q, float[] k, float[] v, int i, int n, int dim) {
        double[] out = new double[dim];
        double all = 0;
        for (int j = 0; j < n; j++) {
            double score = 0;
            for (int d = 0; d < dim; d++) {
                score += (double) q[i * dim + d] * k[j * dim + d];
            }
            double weight = Math.exp(score / Math.sqrt(dim));
            all += weight;
            for (int d = 0; d < dim; d++) {
                out[d] += weight * v[j * dim + d];
            }
        }
        for (int d = 0; d < dim; d++) {
            out[d] /= all;
        }
        return out;
    }
}
