package org.svgen.nn;

import org.svgen.tensor.BFloat16;
import org.svgen.tensor.DType;

/**
 * Rotary tables: for video tokens a part of the head dimension turns with the frame, one with the
 * row and one with the column (diffusers: {@code get_3d_rotary_pos_embed}, {@code
 * HunyuanVideoRotaryPosEmbed}).
 *
 * @param cos [tokens * headDim], each frequency twice
 * @param sin their sines, of the same shape
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
        return of(dims, new double[] {theta, theta, theta}, frames, rows, columns);
    }

    /**
     * As above with bases of their own.
     *
     * @param dims the head dimension's parts for frame, row and column; even
     * @param thetas the bases of the frequencies of frame, row and column
     */
    public static Rope3d of(
            int[] dims, double[] thetas, float[] frames, float[] rows, float[] columns) {
        int headDim = dims[0] + dims[1] + dims[2];
        int tokens = frames.length * rows.length * columns.length;
        float[] cos = new float[tokens * headDim];
        float[] sin = new float[tokens * headDim];
        float[] byFrame = frequencies(dims[0], thetas[0]);
        float[] byRow = frequencies(dims[1], thetas[1]);
        float[] byColumn = frequencies(dims[2], thetas[2]);
        int at = 0;
        for (float frame : frames) {
            for (float row : rows) {
                for (float column : columns) {
                    turn(cos, sin, at, byFrame, frame);
                    turn(cos, sin, at + dims[0], byRow, row);
                    turn(cos, sin, at + dims[0] + dims[1], byColumn, column);
                    at += headDim;
                }
            }
        }
        return new Rope3d(cos, sin);
    }

    /**
     * As above at positions 0, 1, 2, ..., with frequencies and angles in double precision
     * (diffusers: {@code WanRotaryPosEmbed}).
     *
     * @param dims the head dimension's parts for frame, row and column; even
     * @param theta the base of the frequencies
     */
    public static Rope3d precise(int[] dims, double theta, int frames, int rows, int columns) {
        int headDim = dims[0] + dims[1] + dims[2];
        float[] cos = new float[Math.multiplyExact(frames * rows * columns, headDim)];
        float[] sin = new float[cos.length];
        Rope3d byFrame = precise(dims[0], theta, frames);
        Rope3d byRow = precise(dims[1], theta, rows);
        Rope3d byColumn = precise(dims[2], theta, columns);
        for (int token = 0; token < cos.length / headDim; token++) {
            int at = token * headDim;
            int row = token / columns % rows;
            byFrame.copy(token / columns / rows, dims[0], cos, sin, at);
            byRow.copy(row, dims[1], cos, sin, at + dims[0]);
            byColumn.copy(token % columns, dims[2], cos, sin, at + dims[0] + dims[1]);
        }
        return new Rope3d(cos, sin);
    }

    /** The tables of one axis. */
    private static Rope3d precise(int dim, double theta, int count) {
        float[] cos = new float[count * dim];
        float[] sin = new float[count * dim];
        for (int position = 0; position < count; position++) {
            for (int i = 0; i < dim; i += 2) {
                double angle = position * (1 / Math.pow(theta, (double) i / dim));
                int to = position * dim + i;
                cos[to] = cos[to + 1] = (float) Math.cos(angle);
                sin[to] = sin[to + 1] = (float) Math.sin(angle);
            }
        }
        return new Rope3d(cos, sin);
    }

    private void copy(int position, int dim, float[] toCos, float[] toSin, int at) {
        System.arraycopy(cos, position * dim, toCos, at, dim);
        System.arraycopy(sin, position * dim, toSin, at, dim);
    }

    /**
     * For a text of {@code tokens}.
     *
     * @param theta the base of the frequencies
     * @param rounded type that these are rounded to
     */
    public static Rope3d of(int headDim, double theta, DType rounded, int tokens) {
        float[] cos = new float[tokens * headDim];
        float[] sin = new float[tokens * headDim];
        float[] frequencies = frequencies(headDim, theta);
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = round(frequencies[i], rounded);
        }
        for (int token = 0; token < tokens; token++) {
            turn(cos, sin, token * headDim, frequencies, token);
        }
        return new Rope3d(cos, sin);
    }

    private static float round(float x, DType type) {
        return switch (type) {
            case F32 -> x;
            case F16 -> Float.float16ToFloat(Float.floatToFloat16(x));
            case BF16 -> BFloat16.round(x);
            default ->
                    throw new IllegalArgumentException("expected f32, f16 or bf16, found " + type);
        };
    }

    private static float[] frequencies(int dim, double theta) {
        float[] frequencies = new float[dim / 2];
        for (int i = 0; i < frequencies.length; i++) {
            float exponent = (float) (2 * i) / dim;
            frequencies[i] = 1 / (float) Math.pow(theta, exponent);
        }
        return frequencies;
    }

    private static void turn(
            float[] cos, float[] sin, int at, float[] frequencies, float position) {
        for (int i = 0; i < frequencies.length; i++) {
            float angle = position * frequencies[i];
            int to = at + 2 * i;
            cos[to] = cos[to + 1] = (float) Math.cos(angle);
            sin[to] = sin[to + 1] = (float) Math.sin(angle);
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
