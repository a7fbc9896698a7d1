package org.svgen.cli;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.SafeTensors;
import org.svgen.media.ContactSheet;
import org.svgen.media.VideoReader;
import org.svgen.metrics.Comparison;
import org.svgen.metrics.MultiScaleSsim;
import org.svgen.pipeline.Clip;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code svgen compare}: how close one video is to another. */
@Command(
        name = "compare",
        sortOptions = false,
        mixinStandardHelpOptions = true,
        description = {
            "Says how close video B is to video A, frame by frame.",
            "",
            "PSNR is in decibel, larger is closer, infinite is equal; that of changes compares the"
                    + " differences from frame to frame, which flicker spoils. SSIM and MS-SSIM"
                    + " (five scales) are 1 where equal. Files from --save-frames are compared"
                    + " unrounded, others as they decode.",
            "With --json, a measure that is no finite number is null, and \"why_null\" says why:"
                    + " infinite, not a number, frames too small, a single frame. \"psnr\" is of the mean squared error"
                    + " (\"mse\") of all frames; \"ssim\" mirrors edges, \"ssim_box11\" is that of the"
                    + " official code, with zeros around the picture; \"ms_ssim\" needs frames of 161 pixels each"
                    + " way."
        },
        footer = {
            "",
            "Examples:",
            "  svgen compare dense.mp4 svg.mp4",
            "  svgen compare dense.safetensors svg.safetensors --contact-sheet both.png --json"
        })
final class CompareCommand implements Callable<Integer> {
    private static final int SHEET_COLUMNS = 8;
    private static final String TOO_SMALL = "frames too small";

    private final Environment environment;

    @Parameters(
            index = "0",
            paramLabel = "A",
            description =
                    "The reference: an .mp4, a .gif, a folder of PNG frames, or safetensors with tensor"
                            + " \"frames\".")
    Path a = Path.of("");

    @Parameters(
            index = "1",
            paramLabel = "B",
            description = "The video to judge, in any of these forms.")
    Path b = Path.of("");

    @Option(names = "--json", description = "Print one JSON object.")
    boolean json;

    @Option(
            names = "--contact-sheet",
            paramLabel = "FILE.png",
            description = "Also write one picture with frames of both, A above B.")
    @Nullable Path contactSheet;

    CompareCommand(Environment environment) {
        this.environment = environment;
    }

    /**
     * @param psnr null where it is no finite number, as all measures
     * @param whyNull the names of measures that are null, with the reason: {@code infinite}, {@code
     *     not a number}, {@code frames too small} or {@code a single frame}
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
            SortedMap<String, String> whyNull) {}

    @Override
    public Integer call() {
        OutputOptions.sideFile("--contact-sheet", contactSheet, ".png");
        if (contactSheet != null) {
            Inputs.requireKept(List.of(contactSheet), Inputs.ofVideo(a));
            Inputs.requireKept(List.of(contactSheet), Inputs.ofVideo(b));
        }
        try (Clip reference = read(a);
                Clip video = read(b)) {
            Comparison c = Comparison.of(reference.frames(), video.frames());
            environment.console().out().println(json ? json(c) : text(c));
            if (contactSheet != null) {
                String closeness = "  PSNR %.1f dB, SSIM %.3f".formatted(c.psnr(), c.ssim());
                ContactSheet.write(
                        contactSheet,
                        List.of(
                                new ContactSheet.Row(stem(a), reference),
                                new ContactSheet.Row(stem(b) + closeness, video)),
                        SHEET_COLUMNS,
                        1);
            }
        }
        return ExitCode.DONE;
    }

    private static String json(Comparison c) {
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

    private static String text(Comparison c) {
        String changes =
                c.frames() == 1
                        ? "none: a single frame has no changes"
                        : "%.2f dB".formatted(c.psnrOfChanges());
        String multiScale =
                Math.min(c.height(), c.width()) < MultiScaleSsim.LEAST_SIZE
                        ? "none: frames of less than %d pixels are too small for five scales"
                                .formatted(MultiScaleSsim.LEAST_SIZE)
                        : "%.4f".formatted(c.multiScaleSsim());
        return """
        %s of %dx%d
        PSNR  %.2f dB (mean over frames %.2f dB)
        PSNR of changes from frame to frame  %s
        SSIM  %.4f Gaussian window, %.4f box window
        MS-SSIM  %s\
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
                        multiScale);
    }

    private static String stem(Path path) {
        return String.valueOf(path.getFileName()).replaceFirst("\\.[^.]*$", "");
    }

    private static Clip read(Path path) {
        return path.toString().endsWith(".safetensors") ? frames(path) : VideoReader.read(path);
    }

    private static Clip frames(Path file) {
        try (SafeTensors tensors = SafeTensors.open(file)) {
            Tensor frames =
                    tensors.find("frames")
                            .orElseThrow(() ->
                                    new BadInputException(
                                            "%s: expected a tensor \"frames\", found %s"
                                                    .formatted(file, tensors.names())));
            if (frames.dtype() != DType.F32
                    || frames.shape().rank() != 4
                    || frames.size(-1) != 3
                    || frames.elements() == 0) {
                throw new BadInputException(
                        "%s: expected \"frames\" as f32 [frames, height, width, 3], found %s"
                                .formatted(file, frames));
            }
            Clip clip = new Clip(frames.size(0), frames.size(1), frames.size(2), 1);
            MemorySegment.copy(frames.host(), 0, clip.frames().host(), 0, frames.bytes());
            return clip;
        }
    }
}
