package org.svgen.bench;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.svgen.pipeline.Amount;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.AttentionSettings.Mode;
import org.svgen.run.BareDenoiser.Video;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code svgen bench}: how fast kernels and models are on this machine. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = {
            "Measures kernels and models on this machine.",
            "",
            "What is compared runs in turns in one process; medians are printed."
        })
public final class BenchCommand implements Runnable {
    private static final int SAMPLED_ROWS = 64;
    private static final Pattern VIDEO = Pattern.compile("(\\d{1,5})x(\\d{1,5})x(\\d{1,5})");

    private final PrintStream out;
    private final Consumer<String> notes;
    private final Function<Object, String> toJson;

    @Spec CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    /**
     * The command with those below it.
     *
     * @param out where results go
     * @param notes told what people should know
     * @param toJson what turns records into JSON
     * @param demo finds the model that comes along
     */
    public static CommandLine commandLine(
            PrintStream out,
            Consumer<String> notes,
            Function<Object, String> toJson,
            Supplier<Path> demo) {
        return new CommandLine(new BenchCommand(out, notes, toJson))
                .addSubcommand(new KernelsBenchCommand(out, notes, toJson, demo))
                .addSubcommand(new GenerateBenchCommand(out, notes, toJson));
    }

    private BenchCommand(PrintStream out, Consumer<String> notes, Function<Object, String> toJson) {
        this.out = out;
        this.notes = notes;
        this.toJson = toJson;
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(),
                "bench what? There are " + String.join(", ", spec.subcommands().keySet()));
    }

    /** Ours against each installed BLAS. */
    @Command(
            name = "matmul",
            mixinStandardHelpOptions = true,
            description = "Our matrix product against that of every BLAS library found.")
    int matmul(
            @Option(
                            names = "--sizes",
                            split = ",",
                            paramLabel = "MxNxK",
                            defaultValue =
                                    "2048x2048x2048,3632x192x192,3632x768x192,3632x192x768,"
                                            + "3632x768x768,7264x768x192,3632x3072x768",
                            description = "Sizes, by default those of models.")
                    List<String> sizes,
            @Option(
                            names = "--rounds",
                            defaultValue = "9",
                            description = "Turns that each has, ${DEFAULT-VALUE} by default.")
                    int rounds,
            @Option(names = "--json", description = "Print JSON.") boolean json) {
        check(rounds > 0, "--rounds %s: expected at least 1".formatted(rounds));
        List<MatmulBench.Row> rows = MatmulBench.run(parse(sizes), rounds);
        if (json) {
            out.println(toJson.apply(rows));
        } else {
            rows.forEach(row -> out.println(row.text()));
        }
        return 0;
    }

    /** From the disk to the device. */
    @Command(
            name = "weights",
            mixinStandardHelpOptions = true,
            description = {
                "How fast weights come from a file to a device, beside how fast the disk reads.",
                "",
                "Writes a file of random bytes, past the page cache, and deletes it."
            })
    int weights(
            @Option(
                            names = "--gigabytes",
                            defaultValue = "4",
                            description = "Size of the file, ${DEFAULT-VALUE} by default.")
                    int gigabytes,
            @Option(
                            names = "--folder",
                            defaultValue = ".",
                            description = "Where the file is written, here by default.")
                    Path folder,
            @Option(
                            names = "--device",
                            defaultValue = "auto",
                            description = "auto, cpu or cuda[:N].")
                    String device,
            @Option(names = "--json", description = "Print JSON.") boolean json) {
        check(gigabytes > 0, "--gigabytes %s: expected at least 1".formatted(gigabytes));
        check(Files.isDirectory(folder), "--folder %s: expected a folder".formatted(folder));
        try (Backend backend = Backends.open(device, notes)) {
            WeightsBench.Outcome found = WeightsBench.run(backend, folder, gigabytes << 4, 1 << 26);
            out.println(json ? toJson.apply(found) : found.text());
        }
        return 0;
    }

    /** Dense against the matrix product, bands against dense; or a model's sparse step. */
    @Command(
            name = "attention",
            mixinStandardHelpOptions = true,
            description = {
                "Dense attention against a matrix product and bands against it on the CPU, or with"
                        + " --shape a model's attention on any device.",
                "",
                "With --shape: the attention step of a model, with the norm, rotation and layout of"
                        + " queries, keys and values, and the profile of heads."
            })
    int attention(
            @Option(
                            names = "--shape",
                            paramLabel = "NAME",
                            description = "hunyuan-720p or cogvideox-1.5.")
                    @Nullable String shape,
            @Option(names = "--device", description = "With --shape: auto, cpu or cuda[:N].")
                    @Nullable String device,
            @Option(names = "--tokens", description = "Tokens, 3632 by default.")
                    @Nullable Integer tokens,
            @Option(names = "--heads", description = "Heads, 6 by default.")
                    @Nullable Integer heads,
            @Option(names = "--head-dim", description = "Channels of a head, 64 by default.")
                    @Nullable Integer headDim,
            @Option(
                            names = "--density",
                            split = ",",
                            defaultValue = "0.2,0.3,0.5",
                            description = "Kept fractions of pairs, ${DEFAULT-VALUE} by default.")
                    List<Double> densities,
            @Option(
                            names = "--rounds",
                            defaultValue = "15",
                            description = "Turns that each has, ${DEFAULT-VALUE} by default.")
                    int rounds,
            @Option(names = "--json", description = "Print JSON.") boolean json) {
        for (double d : densities) {
            check(d > 0 && d <= 1, "--density %s: expected more than 0, at most 1".formatted(d));
        }
        if (shape != null) {
            check(
                    tokens == null && heads == null && headDim == null,
                    "--tokens, --heads and --head-dim: a --shape has its own");
            check(rounds > 0, "--rounds %s: expected at least 1".formatted(rounds));
            AttentionShape s = AttentionShape.of(shape);
            AttentionStepBench.Outcome outcome =
                    AttentionStepBench.run(
                            s,
                            densities,
                            Objects.requireNonNullElse(device, "auto"),
                            rounds,
                            notes);
            print(json, outcome, outcome.text());
            return 0;
        }
        check(device == null, "--device: expected only with --shape");
        AttentionBench.Setup setup =
                new AttentionBench.Setup(
                        Objects.requireNonNullElse(tokens, 3632),
                        Objects.requireNonNullElse(heads, 6),
                        Objects.requireNonNullElse(headDim, 64));
        check(
                Math.min(Math.min(setup.tokens(), setup.heads()), Math.min(setup.headDim(), rounds))
                        > 0,
                "--tokens, --heads, --head-dim and --rounds: expected at least 1");
        AttentionBench.Outcome outcome = AttentionBench.run(setup, densities, rounds);
        print(json, outcome, outcome.text());
        return 0;
    }

    /** A whole denoiser. */
    @Command(
            name = "denoise",
            mixinStandardHelpOptions = true,
            description = {
                "Passes of a whole denoiser of random weights, to know its speed without its"
                        + " checkpoint.",
                "",
                "CogVideoX runs both guidance branches in one pass. The table behind the medians"
                        + " comes from one more pass, whose operations wait for each other."
            })
    int denoise(
            @Option(
                            names = "--config",
                            required = true,
                            paramLabel = "NAME|FILE",
                            description =
                                    "cogvideox-1.5-5b, hunyuanvideo-13b, or a transformer's config.json.")
                    String config,
            @Option(
                            names = "--synthetic-weights",
                            required = true,
                            description = "Random weights; there are no others here.")
                    boolean synthetic,
            @Option(
                            names = "--attention",
                            defaultValue = "svg",
                            description =
                                    "dense, svg or svg-official; ${DEFAULT-VALUE} by default.")
                    String attention,
            @Option(
                            names = "--density",
                            defaultValue = "0.25",
                            description = "Kept fraction of pairs, ${DEFAULT-VALUE} by default.")
                    double density,
            @Option(
                            names = "--size",
                            paramLabel = "WxHxFRAMES",
                            description = "By default what the model is known by.")
                    @Nullable String size,
            @Option(
                            names = "--device",
                            defaultValue = "auto",
                            description = "auto, cpu or cuda[:N].")
                    String device,
            @Option(
                            names = "--dtype",
                            defaultValue = "auto",
                            description = "auto, or f32 to compute in f32 on a GPU too.")
                    String dtype,
            @Option(
                            names = "--rounds",
                            defaultValue = "3",
                            description = "Passes behind the first, ${DEFAULT-VALUE} by default.")
                    int rounds,
            @Option(names = "--json", description = "Print JSON.") boolean json) {
        check(density > 0 && density <= 1, "--density: expected more than 0, at most 1");
        check(rounds > 0, "--rounds %s: expected at least 1".formatted(rounds));
        AttentionSettings settings =
                AttentionSettings.builder()
                        .mode(mode(attention))
                        .density(density)
                        .denseSteps(new Amount.Count(0))
                        .denseLayers(new Amount.Count(0))
                        .sampledRows(SAMPLED_ROWS)
                        .build();
        DenoiseBench.Outcome outcome =
                DenoiseBench.run(
                        new DenoiseBench.Setup(
                                config, video(config, size), settings, device, f32(dtype), rounds),
                        notes);
        print(json, outcome, outcome.text());
        return 0;
    }

    /** A whole autoencoder. */
    @Command(
            name = "decode",
            mixinStandardHelpOptions = true,
            description = {
                "Decodes a video by an autoencoder of random weights, to know its speed without its"
                        + " checkpoint.",
                "",
                "From latents on the device to frames in the processor's memory. The table comes"
                        + " from one more round, whose operations wait for each other."
            })
    int decode(
            @Option(
                            names = "--config",
                            required = true,
                            paramLabel = "NAME|FILE",
                            description =
                                    "cogvideox-1.5-5b, hunyuanvideo-13b, or an autoencoder's config.json.")
                    String config,
            @Option(
                            names = "--synthetic-weights",
                            required = true,
                            description = "Random weights; there are no others here.")
                    boolean synthetic,
            @Option(
                            names = "--size",
                            paramLabel = "WxHxFRAMES",
                            description = "By default what the model is known by.")
                    @Nullable String size,
            @Option(
                            names = "--device",
                            defaultValue = "auto",
                            description = "auto, cpu or cuda[:N].")
                    String device,
            @Option(
                            names = "--dtype",
                            defaultValue = "auto",
                            description = "auto, or f32 to compute in f32 on a GPU too.")
                    String dtype,
            @Option(
                            names = "--rounds",
                            defaultValue = "2",
                            description = "Rounds behind the first, ${DEFAULT-VALUE} by default.")
                    int rounds,
            @Option(names = "--json", description = "Print JSON.") boolean json) {
        check(rounds >= 0, "--rounds %s: expected at least 0".formatted(rounds));
        DecodeBench.Outcome outcome =
                DecodeBench.run(
                        new DecodeBench.Setup(
                                config, video(config, size), device, f32(dtype), rounds),
                        notes);
        print(json, outcome, outcome.text());
        return 0;
    }

    private void print(boolean json, Object outcome, List<String> text) {
        if (json) {
            out.println(toJson.apply(outcome));
        } else {
            text.forEach(out::println);
        }
    }

    private static boolean f32(String dtype) {
        check(
                dtype.equals("auto") || dtype.equals("f32"),
                "--dtype: expected auto or f32, found '%s'".formatted(dtype));
        return dtype.equals("f32");
    }

    static Mode mode(String attention) {
        return Arrays.stream(Mode.values())
                .filter(m -> m.toString().equals(attention))
                .findFirst()
                .orElseThrow(() ->
                        new BadInputException(
                                "--attention: expected one of %s, found '%s'"
                                        .formatted(Arrays.toString(Mode.values()), attention)));
    }

    static Video video(String config, @Nullable String size) {
        if (size == null) {
            Video known = BenchConfigs.SIZES.get(config);
            check(known != null, "--size is missing: WIDTHxHEIGHTxFRAMES");
            return Objects.requireNonNull(known);
        }
        Matcher sizes = VIDEO.matcher(size);
        check(sizes.matches(), "--size: expected WIDTHxHEIGHTxFRAMES, found '%s'".formatted(size));
        return new Video(
                Integer.parseInt(sizes.group(1)),
                Integer.parseInt(sizes.group(2)),
                Integer.parseInt(sizes.group(3)));
    }

    private static List<MatmulBench.Size> parse(List<String> sizes) {
        try {
            return sizes.stream().map(MatmulBench.Size::of).toList();
        } catch (NumberFormatException e) {
            throw new BadInputException("--sizes: " + e.getMessage(), e);
        }
    }

    static void check(boolean holds, String message) {
        if (!holds) {
            throw new BadInputException(message);
        }
    }
}
