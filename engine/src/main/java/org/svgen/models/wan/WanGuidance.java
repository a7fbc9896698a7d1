package org.svgen.models.wan;

import org.svgen.pipeline.Request;

/**
 * How strongly the prompt steers; 1 or less is none.
 *
 * @param high of the only transformer, or the one for much noise
 * @param low of the one for little noise
 */
record WanGuidance(double high, double low) {
    static WanGuidance of(Request request, WanKind kind) {
        double high = request.guidance();
        return new WanGuidance(
                high,
                kind.boundary().isPresent()
                        ? request.get(WanFamily.GUIDANCE_2).orElse(high)
                        : high);
    }

    /** True if some step may be guided. */
    boolean anywhere() {
        return high > 1 || low > 1;
    }
}
