package org.svgen.nn;

/**
 * Rotary tables for video tokens: a part of the head dimension turns with the frame, one with the
 * row and one with the column (diffusers: {@code get_3d_rotary_pos_embed}, {@code
 * HunyuanVideoRotaryPosEmbed}).
 *
 * @param cos [frames * rows * columns * headDim], each frequency twice
 * @param sin likewise
 */
public record Rope3d(float[] cos, float[] sin) {
    private static final double THETA = 10000;

    /**
     * A quarter of the head dimension for the frame, three eighths each for row and column.
     * Positions along the three axes; their product is the number of tokens.
     */
    public static Rope3d of(int headDim, float[] frames, float[] rows, float[] columns) {
        int[] dims = {headDim / 4, headDim / 8 * 3, headDim / 8 * 3};
        return of(dims, THETA, frames, rows, columns);
    }

    /**
     * As above with given parts.
     *
     * @param dims the head dimension's parts for frame, row and column; even
     * @param theta the base of the frequencies
     */
    public static Rope3d of(
            int[] dims, double theta, float[] frames, float[] rows, float[] columns) {
        int headDim = dims[0] + dims[1] + dims[2];
        int tokens = frames.length * rows.length * columns.length;
        float[] cos = new float[tokens * headDim];
        float[] sin = new float[tokens * headDim];
        int at = 0;
        for (float frame : frames) {
            for (float row : rows) {
                for (float column : columns) {
                    fill(cos, sin, at, dims[0], theta, frame);
                    fill(cos, sin, at + dims[0], dims[1], theta, row);
                    fill(cos, sin, at + dims[0] + dims[1], dims[2], theta, column);
                    at += headDim;
                }
            }
        }
        return new Rope3d(cos, sin);
    }

    private static void fill(
            float[] cos, float[] sin, int at, int dim, double theta, float position) {
        for (int i = 0; i < dim; i += 2) {
            float exponent = (float) i / dim;
            float frequency = 1 / (float) Math.pow(theta, exponent);
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
