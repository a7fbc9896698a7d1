package org.svgen.cli;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.svgen.lab.metrics.Comparison;
import org.svgen.lab.metrics.Lpips;
import org.svgen.lab.metrics.LpipsDistance;
import org.svgen.lab.metrics.MultiScaleSsim;
import org.svgen.tensor.Tensor;

/**
 * What {@code svgen compare} prints.
 *
 * @param weights whether there are weights for LPIPS
 * @param lpips null without weights, and for frames that are too small
 */
record Closeness(Comparison c, boolean weights, @Nullable LpipsDistance lpips) {
    private static final String TOO_SMALL = "frames too small";

    /** Measures what {@code c} does not have. */
    static Closeness of(Comparison c, Tensor reference, Tensor video, @Nullable Lpips lpips) {
        boolean fits = lpips != null && lpips.fits(c.height(), c.width());
        return new Closeness(
                c, lpips != null, lpips != null && fits ? lpips.distance(reference, video) : null);
    }

    /**
     * @param psnr null where it is no finite number, as all measures
     * @param whyNull the names of measures that are null, with the reason: {@code infinite}, {@code
     *     not a number}, {@code frames too small}, {@code a single frame} or {@code no weights}
     */
    private record Output(
            int frames,
            int height,
            int width,
            boolean identical,
            @Nullable Double mse,
            @Nullable Double psnr,
            @Nullable Double psnrMeanOverFrames,
            @Nullable Double psnrOfChanges,
            @Nullable Double ssim,
            @Nullable Double ssimBox11,
            @Nullable Double msSsim,
            @Nullable Double lpips,
            @Nullable String lpipsTrunk,
            @Nullable List<Double> lpipsLayers,
            SortedMap<String, String> whyNull) {}

    String json() {
        SortedMap<String, String> whyNull = new TreeMap<>();
        int least = Math.min(c.height(), c.width());
        return Json.compact(
                new Output(
                        c.frames(),
                        c.height(),
                        c.width(),
                        c.meanSquaredError() == 0,
                        finite("mse", c.meanSquaredError(), whyNull),
                        finite("psnr", c.psnr(), whyNull),
                        finite("psnr_mean_over_frames", c.psnrMeanOverFrames(), whyNull),
                        c.frames() == 1
                                ? none("psnr_of_changes", "a single frame", whyNull)
                                : finite("psnr_of_changes", c.psnrOfChanges(), whyNull),
                        least < Comparison.LEAST_SIZE
                                ? none("ssim", TOO_SMALL, whyNull)
                                : finite("ssim", c.ssim(), whyNull),
                        finite("ssim_box11", c.ssimBox(), whyNull),
                        least < MultiScaleSsim.LEAST_SIZE
                                ? none("ms_ssim", TOO_SMALL, whyNull)
                                : finite("ms_ssim", c.multiScaleSsim(), whyNull),
                        lpips == null
                                ? none("lpips", weights ? TOO_SMALL : "no weights", whyNull)
                                : finite("lpips", lpips.value(), whyNull),
                        lpips == null ? null : lpips.trunk(),
                        lpips == null ? null : lpips.layers(),
                        whyNull));
    }

    private static @Nullable Double finite(String name, double value, Map<String, String> whyNull) {
        if (Double.isFinite(value)) {
            return value;
        }
        whyNull.put(name, Double.isNaN(value) ? "not a number" : "infinite");
        return null;
    }

    private static @Nullable Double none(String name, String why, Map<String, String> whyNull) {
        whyNull.put(name, why);
        return null;
    }

    String text() {
        String changes =
                c.frames() == 1
                        ? "none: a single frame has no changes"
                        : "%.2f dB".formatted(c.psnrOfChanges());
        String multiScale =
                Math.min(c.height(), c.width()) < MultiScaleSsim.LEAST_SIZE
                        ? "none: frames of less than %d pixels are too small for five scales"
                                .formatted(MultiScaleSsim.LEAST_SIZE)
                        : "%.4f".formatted(c.multiScaleSsim());
        String perceptual = "";
        if (lpips != null) {
            perceptual = "\nLPIPS  %.4f by %s".formatted(lpips.value(), lpips.trunk());
        } else if (weights) {
            perceptual = "\nLPIPS  none: the frames are too small";
        }
        return """
        %s of %dx%d
        PSNR  %.2f dB (mean over frames %.2f dB)
        PSNR of changes from frame to frame  %s
        SSIM  %.4f Gaussian window, %.4f box window
        MS-SSIM  %s%s\
        """
                .formatted(
                        Text.some(c.frames(), "frame"),
                        c.width(),
                        c.height(),
                        c.psnr(),
                        c.psnrMeanOverFrames(),
                        changes,
                        c.ssim(),
                        c.ssimBox(),
                        multiScale,
                        perceptual);
    }
}
