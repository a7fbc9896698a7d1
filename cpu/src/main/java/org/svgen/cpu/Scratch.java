package org.svgen.cpu;

/** Arrays that a thread keeps for its next task; their content is undefined. */
final class Scratch {
    private static final ThreadLocal<float[][]> ARRAYS =
            ThreadLocal.withInitial(() -> new float[Use.values().length][0]);

    /** What an array is for; two uses at a time need two names. */
    enum Use {
        LEFT,
        RIGHT,
        PRODUCT,
        INPUT,
        OUTPUT,
        MEANS,
        SCALES,
        TRANSPOSE
    }

    private Scratch() {}

    /** This thread's array for {@code use}, of at least {@code size} floats. */
    static float[] floats(Use use, int size) {
        float[][] arrays = ARRAYS.get();
        if (arrays[use.ordinal()].length < size) {
            arrays[use.ordinal()] = new float[size];
        }
        return arrays[use.ordinal()];
    }
}
