package org.svgen.cli;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.SafeTensors;
import org.svgen.lab.metrics.Lpips;
import org.svgen.lab.metrics.Measures;
import org.svgen.media.ContactSheet;
import org.svgen.media.VideoReader;
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
                    + " (five scales) are 1 where equal. GMSD, 0 where equal, compares edges and"
                    + " needs no learnt weights. Files from --save-frames are compared"
                    + " unrounded, others as they decode.",
            "LPIPS, 0 where equal, is that of version 0.1, mean over frames.",
            "With --json, a measure that is no finite number is null, and \"why_null\" says why:"
                    + " infinite, not a number, frames too small, a single"
                    + " frame, no weights. \"psnr\" is of the mean squared error"
                    + " (\"mse\") of all frames; \"ssim\" mirrors edges, \"ssim_box11\" is that of the"
                    + " official code, with zeros around the picture; \"ms_ssim\" needs frames of 161 pixels each"
                    + " way, \"gmsd\" of 6. \"lpips\" is the sum of \"lpips_layers\"."
        },
        footer = {
            "",
            "Examples:",
            "  svgen compare dense.mp4 svg.mp4",
            "  svgen compare dense.safetensors svg.safetensors --contact-sheet both.png --json",
            "  svgen compare dense.mp4 svg.mp4 --lpips-weights lpips-alex"
        })
final class CompareCommand implements Callable<Integer> {
    private static final int SHEET_COLUMNS = 8;

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

    @Option(
            names = "--lpips-weights",
            paramLabel = "NAME|FILE",
            description =
                    "Also measure LPIPS: lpips-alex, lpips-vgg or lpips-squeeze, once 'svgen pull'"
                            + " has fetched it, or a safetensors file with the weights of AlexNet,"
                            + " VGG16 or SqueezeNet 1.1; docs/commands.md says what it must hold.")
    @Nullable String lpipsWeights;

    CompareCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        OutputOptions.sideFile("--contact-sheet", contactSheet, ".png");
        if (contactSheet != null) {
            Inputs.requireKept(List.of(contactSheet), Inputs.ofVideo(a));
            Inputs.requireKept(List.of(contactSheet), Inputs.ofVideo(b));
        }
        Path weights = weights();
        if (contactSheet != null && weights != null) {
            Inputs.requireKept(List.of(contactSheet), List.of(weights));
        }
        try (Lpips lpips = weights == null ? null : Lpips.open(weights);
                Clip reference = read(a);
                Clip video = read(b)) {
            Closeness closeness =
                    new Closeness(
                            Measures.of(
                                    reference.frames(),
                                    video.frames(),
                                    Optional.ofNullable(lpips),
                                    new CompareProgress(environment.console())));
            environment.console().out().println(json ? closeness.json() : closeness.text());
            if (contactSheet != null) {
                String label = closeness.label();
                ContactSheet.write(
                        contactSheet,
                        List.of(
                                new ContactSheet.Row(stem(a), reference),
                                new ContactSheet.Row(stem(b) + label, video)),
                        SHEET_COLUMNS,
                        1);
            }
        }
        return ExitCode.DONE;
    }

    private @Nullable Path weights() {
        return lpipsWeights == null ? null : LpipsPull.store(environment).locate(lpipsWeights);
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
