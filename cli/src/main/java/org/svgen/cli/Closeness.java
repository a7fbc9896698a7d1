package org.svgen.cli;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.svgen.lab.metrics.LpipsDistance;
import org.svgen.lab.metrics.Measure;
import org.svgen.lab.metrics.Measures;
import org.svgen.lab.metrics.MultiScaleSsim;
import org.svgen.pipeline.PlainJson;

/** What {@code svgen compare} prints. */
record Closeness(Measures measures) {
    /**
     * @param psnr null where it is no finite number, as all measures
     * @param whyNull the names of measures that are null, with the reason: {@code infinite}, or one
     *     of {@link Measures}
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
            @Nullable Double gmsd,
            @Nullable Double lpips,
            @Nullable String lpipsTrunk,
            @Nullable List<Double> lpipsLayers,
            SortedMap<String, String> whyNull) {}

    String json() {
        SortedMap<String, String> whyNull = new TreeMap<>();
        measures.missing().forEach((measure, why) -> whyNull.put(measure.key(), why));
        measures.values()
                .forEach((measure, value) -> {
                    if (value.isInfinite()) {
                        whyNull.put(measure.key(), "infinite");
                    }
                });
        return PlainJson.compact(
                new Output(
                        measures.frames(),
                        measures.height(),
                        measures.width(),
                        measures.identical(),
                        finite(Measure.MSE),
                        finite(Measure.PSNR),
                        finite(Measure.PSNR_MEAN_OVER_FRAMES),
                        finite(Measure.PSNR_OF_CHANGES),
                        finite(Measure.SSIM),
                        finite(Measure.SSIM_BOX),
                        finite(Measure.MS_SSIM),
                        finite(Measure.GMSD),
                        finite(Measure.LPIPS),
                        measures.lpips().map(LpipsDistance::trunk).orElse(null),
                        measures.lpips().map(LpipsDistance::layers).orElse(null),
                        whyNull));
    }

    private @Nullable Double finite(Measure measure) {
        Double value = measures.values().get(measure);
        return value == null || value.isInfinite() ? null : value;
    }

    String text() {
        String perceptual = "";
        if (measures.lpips().isPresent()) {
            perceptual =
                    "\nLPIPS  %.4f by %s"
                            .formatted(
                                    measures.lpips().get().value(), measures.lpips().get().trunk());
        } else if (Measures.TOO_SMALL.equals(measures.missing().get(Measure.LPIPS))) {
            perceptual = "\nLPIPS  none: the frames are too small";
        }
        return """
        %s of %dx%d
        PSNR  %s dB (mean over frames %s dB)
        PSNR of changes from frame to frame  %s
        SSIM  %s Gaussian window, %s box window
        MS-SSIM  %s
        GMSD  %s%s\
        """
                .formatted(
                        Text.some(measures.frames(), "frame"),
                        measures.width(),
                        measures.height(),
                        decibel(Measure.PSNR),
                        decibel(Measure.PSNR_MEAN_OVER_FRAMES),
                        measures.frames() == 1
                                ? "none: a single frame has no changes"
                                : decibel(Measure.PSNR_OF_CHANGES) + " dB",
                        number(Measure.SSIM),
                        number(Measure.SSIM_BOX),
                        Math.min(measures.height(), measures.width()) < MultiScaleSsim.LEAST_SIZE
                                ? "none: frames of less than %d pixels are too small for five scales"
                                        .formatted(MultiScaleSsim.LEAST_SIZE)
                                : number(Measure.MS_SSIM),
                        number(Measure.GMSD),
                        perceptual);
    }

    /** In a picture. */
    String label() {
        return "  PSNR %.1f dB, SSIM %.3f".formatted(value(Measure.PSNR), value(Measure.SSIM));
    }

    /** NaN where there is none. */
    private double value(Measure measure) {
        return measures.value(measure).orElse(Double.NaN);
    }

    private String decibel(Measure measure) {
        return "%.2f".formatted(value(measure));
    }

    private String number(Measure measure) {
        return "%.4f".formatted(value(measure));
    }
}
