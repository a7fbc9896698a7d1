package org.svgen.nn;

/**
 * Rotary tables for video tokens: a quarter of the head dimension turns with the frame, three
 * eighths each with row and column (diffusers: {@code get_3d_rotary_pos_embed}).
 *
 * @param cos [frames * rows * columns * headDim], each frequency twice
 * @param sin likewise
 */
public record Rope3d(float[] cos, float[] sin) {
    private static final double THETA = 10000;

    /** Positions along the three axes; their product is the number of tokens. */
    public static Rope3d of(int headDim, float[] frames, float[] rows, float[] columns) {
        int dimT = headDim / 4;
        int dimS = headDim / 8 * 3;
        int tokens = frames.length * rows.length * columns.length;
        float[] cos = new float[tokens * headDim];
        float[] sin = new float[tokens * headDim];
        int at = 0;
        for (float frame : frames) {
            for (float row : rows) {
                for (float column : columns) {
                    fill(cos, sin, at, dimT, frame);
                    fill(cos, sin, at + dimT, dimS, row);
                    fill(cos, sin, at + dimT + dimS, dimS, column);
                    at += headDim;
                }
            }
        }
        return new Rope3d(cos, sin);
    }

    private static void fill(float[] cos, float[] sin, int at, int dim, float position) {
        for (int i = 0; i < dim; i += 2) {
            float exponent = (float) i / dim;
            float frequency = 1 / (float) Math.pow(THETA, exponent);
            float angle = position * frequency;
            cos[at + i] = cos[at + i + 1] = (float) Math.cos(angle);
            sin[at + i] = sin[at + i + 1] = (float) Math.sin(angle);
        }
    }

    /** 0, 1, 2, ... */
    public static float[] integers(int count) {
        float[] out = new float[count];
        for (int i = 0; i < count; i++) {
            out[i] = i;
        }
        return out;
    }

    /** {@code count} evenly spaced positions from {@code start} to {@code stop}, both included. */
    public static float[] linspace(double start, double stop, int count) {
        float[] out = new float[count];
        double step = count > 1 ? (stop - start) / (count - 1) : 0;
        for (int i = 0; i < count; i++) {
            // From the nearer end, as torch.linspace does.
            out[i] = (float) (i < count / 2 ? start + step * i : stop - step * (count - 1 - i));
        }
        return out;
    }
}
