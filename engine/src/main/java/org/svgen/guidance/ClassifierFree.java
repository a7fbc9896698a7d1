package org.svgen.guidance;

/** Classifier-free guidance (diffusers: {@code ClassifierFreeGuidance}). */
record ClassifierFree(GuiderRules rules) implements Guider {
    @Override
    public float[] join(int step, int steps, float[] prompted, float[] plain) {
        float[] guided =
                rules.guides(step, steps)
                        ? Predictions.guided(rules, rules.scale(), prompted, plain)
                        : prompted.clone();
        return Predictions.rescaled(rules, guided, prompted);
    }
}
