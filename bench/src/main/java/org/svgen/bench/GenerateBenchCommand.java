package org.svgen.bench;

import java.io.PrintStream;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.svgen.media.VideoWriter;
import org.svgen.pipeline.Amount;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.Fields;
import org.svgen.run.BareDenoiser.Video;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.random.Seeds;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code svgen bench generate}: a whole pipeline of random weights. */
@Command(
        name = "generate",
        mixinStandardHelpOptions = true,
        description = {
            "Makes a video as svgen generate would, by a model of random weights: text encoders,"
                    + " denoising, decoding and the file, to know the time of each without a"
                    + " checkpoint.",
            "",
            "The video shows noise, and tokenizers know no words."
        })
final class GenerateBenchCommand implements Callable<Integer> {
    private static final int SAMPLED_ROWS = 64;
    private static final Pattern GIGABYTES = Pattern.compile("(\\d{1,6})G");
    private static final long GIGABYTE = 1_000_000_000;

    private final PrintStream out;
    private final Consumer<String> notes;
    private final Function<Object, String> toJson;

    @Option(
            names = "--config",
            required = true,
            paramLabel = "NAME|FOLDER",
            description =
                    "cogvideox-1.5-5b, hunyuanvideo-13b, or a model's folder, whose weights are not"
                            + " read.")
    String config = "";

    @Option(
            names = "--synthetic-weights",
            required = true,
            description = "Random weights; there are no others here.")
    boolean synthetic;

    @Option(names = "--steps", description = "Denoising steps, ${DEFAULT-VALUE} by default.")
    int steps = 50;

    @Option(
            names = "--attention",
            description = "dense, svg or svg-official; ${DEFAULT-VALUE} by default.")
    String attention = "svg";

    @Option(
            names = "--density",
            description = "Kept fraction of pairs, ${DEFAULT-VALUE} by default.")
    double density = 0.25;

    @Option(
            names = "--dense-steps",
            description = "Steps of the warm-up, or a fraction; ${DEFAULT-VALUE} by default.")
    String denseSteps = "0.1";

    @Option(
            names = "--dense-layers",
            description =
                    "Layers that always attend densely, or a fraction; ${DEFAULT-VALUE} by default.")
    String denseLayers = "1";

    @Option(
            names = "--size",
            paramLabel = "WxHxFRAMES",
            description = "By default what the model is known by.")
    @Nullable String size;

    @Option(names = "--seed", description = "Of the noise, ${DEFAULT-VALUE} by default.")
    String seed = "0";

    @Option(names = "--device", description = "auto, cpu or cuda[:N].")
    String device = "auto";

    @Option(
            names = "--memory-limit",
            paramLabel = "BYTES",
            description = "Of the device, such as 24G (billions of bytes). Default: what is free.")
    @Nullable String memoryLimit;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "The video, ${DEFAULT-VALUE} by default.")
    String output = "bench.mp4";

    @Option(names = "--json", description = "Print JSON.")
    boolean json;

    GenerateBenchCommand(PrintStream out, Consumer<String> notes, Function<Object, String> toJson) {
        this.out = out;
        this.notes = notes;
        this.toJson = toJson;
    }

    @Override
    public Integer call() {
        BenchCommand.check(
                density > 0 && density <= 1, "--density: expected more than 0, at most 1");
        BenchCommand.check(steps > 0, "--steps %s: expected at least 1".formatted(steps));
        Video video = BenchCommand.video(config, size);
        VideoWriter writer = VideoWriter.to(output);
        writer.check(video.width(), video.height());
        AttentionSettings settings =
                AttentionSettings.builder()
                        .mode(BenchCommand.mode(attention))
                        .density(density)
                        .denseSteps(Amount.parse(Fields.DENSE_STEPS, denseSteps))
                        .denseLayers(Amount.parse(Fields.DENSE_LAYERS, denseLayers))
                        .sampledRows(SAMPLED_ROWS)
                        .build();
        GenerateBench.Outcome outcome =
                GenerateBench.run(
                        new GenerateBench.Setup(
                                config, video, settings, steps, seed(), device, limit(), writer),
                        notes);
        if (json) {
            out.println(toJson.apply(outcome));
        } else {
            outcome.text().forEach(out::println);
        }
        return 0;
    }

    private long seed() {
        try {
            return Seeds.parse(seed);
        } catch (NumberFormatException e) {
            throw new BadInputException(
                    "--seed: expected a whole number from -2^63 to 2^64 - 1, found '%s'"
                            .formatted(seed));
        }
    }

    private long limit() {
        if (memoryLimit == null) {
            return Long.MAX_VALUE;
        }
        Matcher bytes = GIGABYTES.matcher(memoryLimit);
        if (!bytes.matches()) {
            throw new BadInputException(
                    "--memory-limit: expected billions of bytes such as 24G, found '%s'"
                            .formatted(memoryLimit));
        }
        return Long.parseLong(bytes.group(1)) * GIGABYTE;
    }
}
