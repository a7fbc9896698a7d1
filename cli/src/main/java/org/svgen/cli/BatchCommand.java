package org.svgen.cli;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.svgen.cli.batch.BatchFile;
import org.svgen.cli.batch.BatchResult;
import org.svgen.cli.batch.BatchRun;
import org.svgen.cli.batch.BatchTask;
import org.svgen.cli.batch.LocalMaker;
import org.svgen.cli.batch.ServerMaker;
import org.svgen.cli.batch.VideoMaker;
import org.svgen.cli.batch.WrongRowsException;
import org.svgen.lab.study.ModelChoice;
import org.svgen.models.GivenModel;
import org.svgen.pipeline.ByteCount;
import org.svgen.pipeline.CancelledException;
import org.svgen.pipeline.Fields;
import org.svgen.pipeline.PlainJson;
import org.svgen.pipeline.Rules;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.StoppedException;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code svgen batch}: many videos of one file. */
@Command(
        name = "batch",
        sortOptions = false,
        mixinStandardHelpOptions = true,
        description = {
            "Makes the videos that a file asks for, here or by a server ('svgen serve').",
            "",
            "The first line of a CSV file names the columns, each line of a JSONL file is an object."
                    + " Every setting of a video is a column by its name: prompt, seed, steps,"
                    + " dense_steps and so on. A seed may be a range (1-8). Several values make a video"
                    + " each, and a contact sheet of all: 0.25|0.5 in CSV, [0.25, 0.5] in JSON."
                    + " docs/commands.md has the list.",
            "All rows are checked before the first video is made, and all mistakes are told with line"
                    + " and column. Videos that the folder has are not made again, so a batch that"
                    + " was stopped, or killed, goes on when the same command is given again."
        },
        footer = {
            "",
            "Examples:",
            "  svgen batch prompts.csv",
            "  svgen batch prompts.csv --output videos --dry-run",
            "  svgen batch prompts.jsonl --server http://127.0.0.1:8000 --json",
            "",
            "The files that were written (or --json) are printed to standard output, everything else to"
                    + " standard error.",
            "Exit code: 0 all made, 2 wrong usage or input, 130 stopped by Ctrl-C, 1 anything else, a"
                    + " video that failed included."
        })
final class BatchCommand implements Callable<Integer> {
    private static final String KEY_VARIABLE = "SVGEN_API_KEY";
    private static final String DEMO = "demo";

    private final Environment environment;

    @Parameters(paramLabel = "FILE.csv|FILE.jsonl", description = "What to make.")
    Path file = Path.of("");

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description =
                    "Where the videos go, a new folder or that of the same batch. Default: NAME.batch"
                            + " here, by the name of the file.")
    @Nullable Path output;

    @Option(
            names = "--server",
            paramLabel = "URL",
            description = "Let this server make them, such as http://127.0.0.1:8000.")
    @Nullable String server;

    @Option(
            names = "--api-key-file",
            paramLabel = "FILE",
            description =
                    "The server's key, in a file. Default: the environment variable "
                            + KEY_VARIABLE
                            + ".")
    @Nullable Path apiKeyFile;

    @Option(
            names = "--model",
            paramLabel = "DIR|NAME|ORG/NAME|FILE",
            description =
                    "As in generate; with --server one of the server's models, for rows that say none."
                            + " Default: demo, or the server's first.")
    @Nullable String model;

    @ArgGroup(exclusive = false, validate = false)
    FileOptions files = new FileOptions();

    @Option(
            names = "--device",
            paramLabel = "auto|cpu|cuda[:N[,N]]",
            description = "As in generate; not with --server.")
    @Nullable String device;

    @Option(
            names = "--dtype",
            paramLabel = "f32|bf16|fp8",
            description = "As in generate; not with --server.")
    @Nullable String dtype;

    @Option(
            names = "--memory-limit",
            paramLabel = "BYTES",
            description = "As in generate; not with --server.")
    @Nullable String memoryLimit;

    @Option(
            names = "--dry-run",
            description = "Check all rows, print the names of the videos, and end.")
    boolean dryRun;

    @Option(
            names = "--json",
            description = "Print one JSON object in the end, in place of the names of files.")
    boolean json;

    @Option(names = "--quiet", description = "Say nothing but errors and the files.")
    boolean quiet;

    BatchCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        BatchProgress progress = new BatchProgress(environment.console(), quiet, json);
        try {
            requireUseful();
            List<BatchTask> tasks = BatchFile.read(file, server != null);
            return server == null ? here(tasks, progress) : served(tasks, progress);
        } catch (WrongRowsException e) {
            e.lines().forEach(environment.console()::say);
            throw e;
        }
    }

    /** Options that would have no effect are told, not passed over. */
    private void requireUseful() {
        if (server == null && apiKeyFile != null) {
            throw new BadInputException("--api-key-file: expected with --server alone");
        }
        String given = server == null ? "" : givenHere();
        if (!given.isEmpty()) {
            throw new BadInputException(
                    "%s: the server has its own; expected without --server".formatted(given));
        }
    }

    /** The first option that is about this machine; empty if there is none. */
    private String givenHere() {
        if (device != null) {
            return "--device";
        }
        if (dtype != null) {
            return "--dtype";
        }
        if (memoryLimit != null) {
            return "--memory-limit";
        }
        return files.parts().first().map(field -> OptionNames.of(field.name())).orElse("");
    }

    private Path folder() {
        String name = String.valueOf(file.getFileName()).replaceFirst("\\.\\w+$", "");
        Path folder = output == null ? Path.of(name + ".batch") : output;
        Inputs.requireKept(List.of(folder), List.of(file));
        return folder;
    }

    private int here(List<BatchTask> tasks, BatchProgress progress) {
        Optional<DType> type = Optional.ofNullable(dtype).map(Rules.DTYPE::parse);
        long limit =
                memoryLimit == null
                        ? Long.MAX_VALUE
                        : ByteCount.parse(Fields.MEMORY_LIMIT, memoryLimit);
        ModelChoice choice =
                new ModelChoice(
                        new GivenModel(Objects.requireNonNullElse(model, DEMO), files.parts()),
                        Objects.requireNonNullElse(device, "auto"),
                        type,
                        limit,
                        Map.of());
        try (OpenedModel opened = OpenedModel.open(choice, environment, quiet, true)) {
            LocalMaker.Model local =
                    new LocalMaker.Model(
                            opened.model().pipeline(),
                            opened.model().subject().modelHash(),
                            type,
                            limit);
            return make(tasks, new LocalMaker(local), progress);
        }
    }

    private int served(List<BatchTask> tasks, BatchProgress progress) {
        String url = Objects.requireNonNull(server).replaceFirst("/+(v1/*)?$", "");
        if (!url.matches("https?://[^/?#\\s]+(/[^?#\\s]*)?")) {
            throw new BadInputException(
                    "--server: expected http://HOST:PORT or https://HOST, found '%s'"
                            .formatted(server));
        }
        Optional<String> key =
                apiKeyFile == null
                        ? Optional.ofNullable(environment.variables().get(KEY_VARIABLE))
                                .filter(text -> !text.isBlank())
                        : Optional.of(KeyFile.read(apiKeyFile));
        try (ServerMaker maker =
                new ServerMaker(URI.create(url), key, Optional.ofNullable(model))) {
            return make(tasks, maker, progress);
        }
    }

    private int make(List<BatchTask> tasks, VideoMaker maker, BatchProgress progress) {
        Path folder = folder();
        try {
            return environment
                    .interrupts()
                    .during(progress::cancel, () -> make(tasks, maker, folder, progress));
        } catch (StoppedException e) {
            CancelledException told =
                    new CancelledException(
                            "stopped; what is done is kept in %s, and the same command goes on"
                                    .formatted(folder));
            told.initCause(e);
            throw told;
        }
    }

    private int make(List<BatchTask> tasks, VideoMaker maker, Path folder, BatchProgress progress) {
        BatchRun run = BatchRun.check(tasks, maker, folder, OutputOptions::slug, progress);
        if (dryRun) {
            run.files().stream().distinct().forEach(environment.console().out()::println);
            return ExitCode.DONE;
        }
        BatchResult result = run.run();
        if (json) {
            environment.console().out().println(PlainJson.pretty(result));
        }
        if (!quiet) {
            environment
                    .console()
                    .say(
                            "done: %d made, %d there already, %d failed"
                                    .formatted(result.made(), result.skipped(), result.failed()));
        }
        return result.failed() == 0 ? ExitCode.DONE : ExitCode.FAILED;
    }
}
