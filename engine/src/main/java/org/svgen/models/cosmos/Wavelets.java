package org.svgen.models.cosmos;

import java.lang.foreign.Arena;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.Weight;
import org.svgen.vae.VaeNetwork;

/**
 * Haar's wavelet transform, back from the channels of a place to its frames, rows, columns and
 * colours (diffusers: {@code CosmosUnpatcher3d}). A level doubles all three: what a pixel is made
 * of are the eight bands of its place, each added or taken away. Levels follow each other, so the
 * whole is a product with a matrix of ones and minus ones.
 *
 * @param patch frames, rows and columns of a place
 */
record Wavelets(int patch) {
    private static final int COLOURS = 3;

    /** A network that gives pixels where {@code network} gives bands. */
    VaeNetwork behind(VaeNetwork network) {
        return patch == 1
                ? network
                : (workspace, cache, x) ->
                        pixels(workspace, network.apply(workspace, cache, x), cache.first());
    }

    /** The first place of all has one frame, the last that it could have. */
    private Tensor pixels(Workspace workspace, Tensor bands, boolean first) { // [T, H, W, C]
        int t = bands.size(0);
        int h = bands.size(1);
        int w = bands.size(2);
        int c = bands.size(3);
        long places = (long) t * h * w;
        Tensor out =
                workspace.allocate(
                        DType.F32, (long) t * patch, (long) h * patch, (long) w * patch, COLOURS);
        try (Arena arena = Arena.ofConfined();
                var _ = workspace.scope()) {
            Tensor matrix = workspace.copyOf(Tensor.of(arena, matrix(), c, c));
            Tensor mixed = workspace.allocate(DType.F32, places, c);
            workspace
                    .ops()
                    .linear(
                            bands.reshape(places, c),
                            Weight.of(matrix),
                            null,
                            Activation.NONE,
                            mixed);
            workspace
                    .ops()
                    .permute(
                            mixed.reshape(t, h, w, patch, patch, patch, COLOURS),
                            new int[] {0, 3, 1, 4, 2, 5, 6},
                            out.reshape(t, patch, h, patch, w, patch, COLOURS));
        }
        return first ? out.rows(patch - 1, out.size(0)) : out;
    }

    /**
     * Rows are pixels of a place: frame, row, column, colour. Columns are bands: of the coarsest
     * level first those of frames, rows and columns, then of the next level; colours last. A band
     * of differences is taken away from the second of both.
     */
    float[] matrix() {
        int values = patch * patch * patch;
        int size = values * COLOURS;
        float[] matrix = new float[size * size];
        for (int pixel = 0; pixel < values; pixel++) {
            for (int band = 0; band < values; band++) {
                float sign = sign(pixel, band);
                for (int colour = 0; colour < COLOURS; colour++) {
                    matrix[(pixel * COLOURS + colour) * size + band * COLOURS + colour] = sign;
                }
            }
        }
        return matrix;
    }

    private float sign(int pixel, int band) {
        int levels = Integer.numberOfTrailingZeros(patch);
        int[] at = {pixel / patch / patch, pixel / patch % patch, pixel % patch};
        int negative = 0;
        for (int level = 0; level < levels; level++) {
            int bits = band >> 3 * (levels - 1 - level);
            for (int axis = 0; axis < 3; axis++) {
                int second = at[axis] >> levels - 1 - level & 1;
                negative += second & bits >> 2 - axis & 1;
            }
        }
        return negative % 2 == 0 ? 1 : -1;
    }
}
