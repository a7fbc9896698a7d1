package org.svgen.guidance;

/**
 * Classifier-free guidance by the part of the plain prediction that lies along what both
 * predictions have most in common: the first right singular vector of both (diffusers: {@code
 * TangentialClassifierFreeGuidance}). That is found from the four products of the predictions.
 */
record Tangential(GuiderRules rules) implements Guider {
    @Override
    public float[] join(int step, int steps, float[] prompted, float[] plain) {
        float[] guided =
                rules.guides(step, steps)
                        ? Predictions.guided(
                                rules, rules.scale(), prompted, alongCommon(prompted, plain))
                        : prompted.clone();
        return Predictions.rescaled(rules, guided, prompted);
    }

    private static float[] alongCommon(float[] prompted, float[] plain) {
        double a = Predictions.dot(prompted, prompted);
        double b = Predictions.dot(prompted, plain);
        double c = Predictions.dot(plain, plain);
        // The larger eigenvalue of [[a, b], [b, c]], and the angle of its vector.
        double largest = (a + c) / 2 + Math.hypot((a - c) / 2, b);
        if (largest == 0) {
            return plain.clone();
        }
        double angle = Math.atan2(2 * b, a - c) / 2;
        double x = Math.cos(angle);
        double y = Math.sin(angle);
        double along = (x * b + y * c) / largest;
        return Predictions.sum(along * x, prompted, along * y, plain);
    }
}
