package org.svgen.server.work;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import org.svgen.pipeline.Clip;
import org.svgen.tensor.Tensor;

/**
 * Sums of a least squares fit from a cell of latents to the mean colour of the pixels that the
 * decoder made of it: a linear map is enough for a preview. The latents of further videos may be
 * added.
 *
 * @param channelsFirst how the latents lie in memory
 * @param videos how many were added
 * @param products [channels + 1, channels + 1]: of the values of cells and 1 with each other
 * @param colours [channels + 1, 3]: of the same with red, green and blue
 */
record ColourFit(boolean channelsFirst, int videos, double[][] products, double[][] colours) {
    private static final int RGB = 3;
    private static final int MOST_CELLS = 20_000; // of one video: more tell nothing new
    private static final double RIDGE = 1e-4; // of the mean square: cells may lack a direction

    ColourFit {
        Objects.requireNonNull(products, "products");
        Objects.requireNonNull(colours, "colours");
    }

    static ColourFit none(LatentShape shape) {
        int n = shape.channels() + 1;
        return new ColourFit(shape.channelsFirst(), 0, new double[n][n], new double[n][RGB]);
    }

    int channels() {
        return products.length - 1;
    }

    /**
     * With one more video; every so many cells of it.
     *
     * @return none if the latents are not those that were added before
     */
    Optional<ColourFit> plus(Tensor latents, Clip clip) {
        LatentShape shape = LatentShape.like(latents, channelsFirst);
        if (shape.channels() != channels()) {
            return Optional.empty();
        }
        double[][] newProducts = copy(products);
        double[][] newColours = copy(colours);
        MemorySegment values = latents.host();
        double[] cell = new double[channels() + 1];
        long cells = (long) shape.frames() * shape.height() * shape.width();
        long stride = Math.max(1, cells / MOST_CELLS);
        for (long i = 0; i < cells; i += stride) {
            int x = (int) (i % shape.width());
            int y = (int) (i / shape.width() % shape.height());
            int frame = (int) (i / shape.width() / shape.height());
            for (int c = 0; c < channels(); c++) {
                cell[c] = values.getAtIndex(ValueLayout.JAVA_FLOAT, shape.at(frame, c, y, x));
            }
            cell[channels()] = 1;
            double[] colour = colour(clip, shape, frame, y, x);
            for (int row = 0; row < cell.length; row++) {
                for (int column = 0; column < cell.length; column++) {
                    newProducts[row][column] += cell[row] * cell[column];
                }
                for (int k = 0; k < RGB; k++) {
                    newColours[row][k] += cell[row] * colour[k];
                }
            }
        }
        return Optional.of(new ColourFit(channelsFirst, videos + 1, newProducts, newColours));
    }

    /** The mean colour of the pixels of a cell, in the middle of the frames that it stands for. */
    private static double[] colour(Clip clip, LatentShape shape, int frame, int y, int x) {
        int shown =
                shape.frames() == 1
                        ? 0
                        : (int) Math.round(frame * (clip.count() - 1.0) / (shape.frames() - 1));
        int top = y * clip.height() / shape.height();
        int bottom = Math.max(top + 1, (y + 1) * clip.height() / shape.height());
        int left = x * clip.width() / shape.width();
        int right = Math.max(left + 1, (x + 1) * clip.width() / shape.width());
        double[] sum = new double[RGB];
        MemorySegment pixels = clip.frames().host();
        for (int row = top; row < bottom; row++) {
            long at = (((long) shown * clip.height() + row) * clip.width() + left) * RGB;
            for (int i = 0; i < (right - left) * RGB; i++) {
                sum[i % RGB] += pixels.getAtIndex(ValueLayout.JAVA_FLOAT, at + i);
            }
        }
        int count = (bottom - top) * (right - left);
        return Arrays.stream(sum).map(s -> s / count).toArray();
    }

    /** {@return [3, channels + 1]: what each channel, and in the end 1, gives to each colour} */
    float[][] solved() {
        int n = products.length;
        double[][] a = copy(products);
        double[][] b = copy(colours);
        double ridge = 0;
        for (int i = 0; i < n; i++) {
            ridge += RIDGE * a[i][i] / n;
        }
        for (int i = 0; i < n; i++) {
            a[i][i] += ridge + Double.MIN_NORMAL;
        }
        for (int i = 0; i < n; i++) { // positive definite: no pivots are needed
            for (int row = i + 1; row < n; row++) {
                double factor = a[row][i] / a[i][i];
                for (int column = i; column < n; column++) {
                    a[row][column] -= factor * a[i][column];
                }
                for (int k = 0; k < RGB; k++) {
                    b[row][k] -= factor * b[i][k];
                }
            }
        }
        float[][] solved = new float[RGB][n];
        for (int k = 0; k < RGB; k++) {
            double[] x = new double[n];
            for (int row = n - 1; row >= 0; row--) {
                double rest = b[row][k];
                for (int column = row + 1; column < n; column++) {
                    rest -= a[row][column] * x[column];
                }
                x[row] = rest / a[row][row];
                solved[k][row] = (float) x[row];
            }
        }
        return solved;
    }

    private static double[][] copy(double[][] rows) {
        return Arrays.stream(rows).map(double[]::clone).toArray(double[][]::new);
    }
}
