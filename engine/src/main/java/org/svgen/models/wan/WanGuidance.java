package org.svgen.models.wan;

import org.svgen.pipeline.Request;

/**
 * How strongly the prompt steers; 1 or less is none.
 *
 * @param high of the only transformer, or the one for much noise
 * @param low of the one for little noise
 */
record WanGuidance(double high, double low) {
    /** Where the first scale guides nothing, the second does neither, as in diffusers. */
    static WanGuidance of(Request request, WanKind kind) {
        double high = request.guidance();
        boolean two = kind.boundary().isPresent() && high > 1;
        return new WanGuidance(high, two ? request.get(WanFamily.GUIDANCE_2).orElse(high) : high);
    }

    /** True if some step may be guided. */
    boolean anywhere() {
        return high > 1;
    }
}
