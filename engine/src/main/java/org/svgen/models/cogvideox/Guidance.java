package org.svgen.models.cogvideox;

import java.math.BigDecimal;

/** Classifier-free guidance: {@code uncond + scale (cond - uncond)}. */
final class Guidance {
    private Guidance() {}

    /**
     * The scale of a step. CogVideoX's dynamic guidance is {@code 1 + s (1 - cos(pi ((n - t) /
     * n)^5)) / 2} with {@code t} the timestep (of 1000) and {@code n} the number of steps, as its
     * pipelines compute it; the power is rounded once because the cosine's argument is huge.
     */
    static double scale(double guidance, boolean dynamic, double timestep, int steps) {
        if (!dynamic) {
            return guidance;
        }
        double fifth = new BigDecimal((steps - timestep) / steps).pow(5).doubleValue();
        return 1 + guidance * ((1 - Math.cos(Math.PI * fifth)) / 2);
    }
}
