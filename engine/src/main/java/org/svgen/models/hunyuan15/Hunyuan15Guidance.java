package org.svgen.models.hunyuan15;

/** When a scale guides at all (diffusers: {@code ClassifierFreeGuidance}). */
final class Hunyuan15Guidance {
    /** As Python's {@code math.isclose} has it. */
    private static final double CLOSE = 1e-9;

    private Hunyuan15Guidance() {}

    /** A scale of 1 gives the prompt's branch back, whose other branch is then not computed. */
    static boolean guides(double scale) {
        return Math.abs(scale - 1) > CLOSE * Math.max(Math.abs(scale), 1);
    }
}
