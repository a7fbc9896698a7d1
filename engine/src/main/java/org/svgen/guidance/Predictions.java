package org.svgen.guidance;

/** Sums of predictions, value by value. */
final class Predictions {
    private Predictions() {}

    static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    /** {@code a x + b y}. */
    static float[] sum(double a, float[] x, double b, float[] y) {
        float[] out = new float[x.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (float) (a * x[i] + b * y[i]);
        }
        return out;
    }

    /**
     * {@code plain + scale (prompted - plain)}, or the same from the prompted one on if the rules
     * say so.
     */
    static float[] guided(GuiderRules rules, double scale, float[] prompted, float[] plain) {
        return rules.original()
                ? sum(1 + scale, prompted, -scale, plain)
                : sum(scale, prompted, 1 - scale, plain);
    }

    /**
     * Gives a prediction as much of the deviation of the prompted one as the rules say (diffusers:
     * {@code rescale_noise_cfg}). One without any deviation stays as it is.
     */
    static float[] rescaled(GuiderRules rules, float[] prediction, float[] prompted) {
        double own = rules.rescale() > 0 ? deviation(prediction) : 0;
        if (own == 0) {
            return prediction;
        }
        double factor = rules.rescale() * deviation(prompted) / own + 1 - rules.rescale();
        return sum(factor, prediction, 0, prediction);
    }

    private static double deviation(float[] x) {
        double mean = 0;
        for (float value : x) {
            mean += value;
        }
        mean /= x.length;
        double squares = 0;
        for (float value : x) {
            squares += (value - mean) * (value - mean);
        }
        return Math.sqrt(squares / (x.length - 1));
    }
}
