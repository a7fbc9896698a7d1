package org.svgen.lab.metrics;

/**
 * How alike two planes are, by means over a window (Wang et al., 2004).
 *
 * @param whole of luminance, contrast and structure: SSIM
 * @param contrastStructure of contrast and structure alone
 */
record Similarity(double whole, double contrastStructure) {
    private static final double C1 = 0.01 * 0.01;
    private static final double C2 = 0.03 * 0.03;

    /**
     * The mean over pixels.
     *
     * @param margin pixels at each edge that do not count
     */
    static Similarity of(double[] a, double[] b, int height, int width, Window window, int margin) {
        double[] meanA = window.blur(a, height, width);
        double[] meanB = window.blur(b, height, width);
        double[] meanAA = window.blur(product(a, a), height, width);
        double[] meanBB = window.blur(product(b, b), height, width);
        double[] meanAB = window.blur(product(a, b), height, width);
        double whole = 0;
        double contrastStructure = 0;
        for (int y = margin; y < height - margin; y++) {
            for (int i = y * width + margin; i < (y + 1) * width - margin; i++) {
                double varianceA = meanAA[i] - meanA[i] * meanA[i];
                double varianceB = meanBB[i] - meanB[i] * meanB[i];
                double covariance = meanAB[i] - meanA[i] * meanB[i];
                whole +=
                        (2 * meanA[i] * meanB[i] + C1)
                                * (2 * covariance + C2)
                                / ((meanA[i] * meanA[i] + meanB[i] * meanB[i] + C1)
                                        * (varianceA + varianceB + C2));
                contrastStructure += (2 * covariance + C2) / (varianceA + varianceB + C2);
            }
        }
        int pixels = (height - 2 * margin) * (width - 2 * margin);
        return new Similarity(whole / pixels, contrastStructure / pixels);
    }

    private static double[] product(double[] a, double[] b) {
        double[] out = new double[a.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = a[i] * b[i];
        }
        return out;
    }
}
