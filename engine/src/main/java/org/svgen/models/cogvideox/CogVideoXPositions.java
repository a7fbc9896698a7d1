package org.svgen.models.cogvideox;

import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;
import org.svgen.nn.Rope3d;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/**
 * Where video tokens are, for one size of video: rotary tables, embeddings to add, or both.
 *
 * @param cos F32 [V, D]
 * @param sin F32 [V, D]
 * @param added F32 [V, C]
 */
record CogVideoXPositions(@Nullable Tensor cos, @Nullable Tensor sin, @Nullable Tensor added) {

    /**
     * @param workspace gives the memory
     * @param frames latent frames before patching
     * @param height latent rows before patching
     * @param width latent columns before patching
     */
    static CogVideoXPositions of(
            CogVideoXTransformer model, Workspace workspace, int frames, int height, int width) {
        CogVideoXConfig c = model.config();
        int rows = height / c.patchSize();
        int columns = width / c.patchSize();
        int times = frames / c.patchSizeT();
        Tensor cos = null;
        Tensor sin = null;
        if (c.rotary()) {
            Rope3d rope = rope(c, times, rows, columns);
            int tokens = times * rows * columns;
            cos = copy(workspace, rope.cos(), tokens, c.headDim());
            sin = copy(workspace, rope.sin(), tokens, c.headDim());
        }
        Tensor added = null;
        if (!c.rotary() || c.learnedPositions()) {
            boolean trainedSize =
                    height == c.sampleHeight()
                            && width == c.sampleWidth()
                            && (frames - 1) * c.temporalCompression() + 1 == c.sampleFrames();
            Tensor learned = model.learnedPositions();
            added =
                    learned != null && trainedSize
                            ? learned.get(0).rows(c.maxTextTokens(), learned.size(1))
                            : copy(
                                    workspace,
                                    sinusoidal(c, frames, rows, columns),
                                    frames * rows * columns,
                                    c.width());
        }
        return new CogVideoXPositions(cos, sin, added);
    }

    private static Tensor copy(Workspace workspace, float[] values, int rows, int columns) {
        try (Arena arena = Arena.ofConfined()) {
            return workspace.copyOf(Tensor.of(arena, values, rows, columns));
        }
    }

    /** CogVideoX 1.5 counts patches; 1.0 stretches the trained grid over the picture. */
    private static Rope3d rope(CogVideoXConfig c, int times, int rows, int columns) {
        if (!c.patchConvolution()) {
            return Rope3d.of(
                    c.headDim(),
                    Rope3d.integers(times),
                    Rope3d.integers(rows),
                    Rope3d.integers(columns));
        }
        int baseRows = c.sampleHeight() / c.patchSize();
        int baseColumns = c.sampleWidth() / c.patchSize();
        Crop crop = Crop.of(rows, columns, baseRows, baseColumns);
        return Rope3d.of(
                c.headDim(),
                Rope3d.linspace(0, times - 1, times),
                Rope3d.linspace(crop.top, (double) crop.bottom * (rows - 1) / rows, rows),
                Rope3d.linspace(crop.left, (double) crop.right * (columns - 1) / columns, columns));
    }

    /** diffusers: {@code get_resize_crop_region_for_grid}; Python rounds halves to even. */
    private record Crop(int top, int left, int bottom, int right) {
        static Crop of(int rows, int columns, int baseRows, int baseColumns) {
            double ratio = (double) rows / columns;
            int height = baseRows;
            int width = baseColumns;
            if (ratio > (double) baseRows / baseColumns) {
                width = (int) Math.rint((double) baseRows / rows * columns);
            } else {
                height = (int) Math.rint((double) baseColumns / columns * rows);
            }
            int top = (int) Math.rint((baseRows - height) / 2.0);
            int left = (int) Math.rint((baseColumns - width) / 2.0);
            return new Crop(top, left, top + height, left + width);
        }
    }

    /**
     * diffusers: {@code get_3d_sincos_pos_embed}: a quarter for the frame, the rest for the place.
     */
    static float[] sinusoidal(CogVideoXConfig c, int frames, int rows, int columns) {
        int dim = c.width();
        int temporal = dim / 4;
        int spatial = 3 * dim / 4;
        float[] out = new float[frames * rows * columns * dim];
        int at = 0;
        for (int f = 0; f < frames; f++) {
            for (int y = 0; y < rows; y++) {
                for (int x = 0; x < columns; x++) {
                    sinusoid(out, at, temporal, (float) (f / c.temporalInterpolation()));
                    sinusoid(
                            out,
                            at + temporal,
                            spatial / 2,
                            (float) (x / c.spatialInterpolation()));
                    sinusoid(
                            out,
                            at + temporal + spatial / 2,
                            spatial / 2,
                            (float) (y / c.spatialInterpolation()));
                    at += dim;
                }
            }
        }
        return out;
    }

    private static void sinusoid(float[] out, int at, int dim, double position) {
        int half = dim / 2;
        for (int i = 0; i < half; i++) {
            double angle = position / Math.pow(10000, i / (dim / 2.0));
            out[at + i] = (float) Math.sin(angle);
            out[at + half + i] = (float) Math.cos(angle);
        }
    }
}
