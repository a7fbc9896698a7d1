package org.svgen.guidance;

/**
 * Classifier-free guidance whose plain prediction is scaled to come as close to the prompted one as
 * it can, behind steps that predict nothing (diffusers: {@code ClassifierFreeZeroStarGuidance}).
 */
record ZeroStar(GuiderRules rules) implements Guider {
    private static final double EPS = 1e-8;

    @Override
    public float[] join(int step, int steps, float[] prompted, float[] plain) {
        return Predictions.rescaled(rules, guided(step, steps, prompted, plain), prompted);
    }

    private float[] guided(int step, int steps, float[] prompted, float[] plain) {
        if (rules.enabled() && step < rules.zeroSteps()) {
            return new float[prompted.length];
        }
        if (!rules.guides(step, steps)) {
            return prompted.clone();
        }
        double alpha = Predictions.dot(prompted, plain) / (Predictions.dot(plain, plain) + EPS);
        float[] closest = Predictions.sum(alpha, plain, 0, plain);
        return Predictions.guided(rules, rules.scale(), prompted, closest);
    }
}
