package org.svgen.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.svgen.forecast.Forecast;
import org.svgen.lab.report.StudyReport;
import org.svgen.lab.study.ModelChoice;
import org.svgen.lab.study.Outlook;
import org.svgen.lab.study.Study;
import org.svgen.lab.study.StudyResults;
import org.svgen.lab.study.StudyRun;
import org.svgen.lab.study.file.Presets;
import org.svgen.lab.study.file.StudyFile;
import org.svgen.models.GivenModel;
import org.svgen.pipeline.CancelledException;
import org.svgen.run.CalibrationFile;
import org.svgen.tensor.BadInputException;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code svgen study}: methods compared on the same videos. */
@Command(
        name = "study",
        sortOptions = false,
        mixinStandardHelpOptions = true,
        description = {
            "Makes the same videos by several methods, and says how close each is to a reference and"
                    + " how long it took.",
            "",
            "A study file (YAML) names model, prompts, seeds and methods; docs/studies.md describes it."
                    + " --print prints a preset to begin with. A mistake is told with its line and"
                    + " column before anything runs.",
            "Each run is kept as soon as it is done. A study that was stopped, or killed, goes on where"
                    + " it was when the same command is given again."
        },
        footer = {
            "",
            "Examples:",
            "  svgen study --preset quick",
            "  svgen study --preset quick --print > mine.yaml",
            "  svgen study mine.yaml --dry-run",
            "  svgen study mine.yaml --output results --device cuda",
            "",
            "The files that were written are printed to standard output, everything else to standard"
                    + " error.",
            "Exit code: 0 done, 2 wrong usage or input, 130 stopped by Ctrl-C, 1 anything else."
        })
final class StudyCommand implements Callable<Integer> {
    private static final List<String> FILES =
            List.of(
                    StudyReport.HTML,
                    StudyReport.PARETO,
                    "results.csv",
                    "steps.csv",
                    "study.json",
                    CalibrationFile.NAME);

    private final Environment environment;

    @Parameters(arity = "0..1", paramLabel = "FILE.yaml", description = "The study file.")
    @Nullable Path file;

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            description = "A study that comes with svgen, in place of a file; see --list-presets.")
    @Nullable String preset;

    @Option(names = "--list-presets", description = "Say which presets there are, and end.")
    boolean listPresets;

    @Option(
            names = "--print",
            description = "Print the preset as a study file to begin with, and end.")
    boolean print;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description =
                    "The study's folder, new or that of the same study. Default: NAME.study here, by"
                            + " the name of the file or preset.")
    @Nullable Path output;

    @Option(
            names = "--model",
            paramLabel = "DIR|NAME|ORG/NAME|FILE",
            description = "Another model than the study's, as in generate.")
    @Nullable String model;

    @ArgGroup(exclusive = false, validate = false)
    FileOptions files = new FileOptions();

    @Option(
            names = "--device",
            paramLabel = "auto|cpu|cuda[:N[,N]]",
            description = "Another device than the study's, as in generate.")
    @Nullable String device;

    @Option(
            names = "--lpips-weights",
            paramLabel = "NAME|FILE",
            description = "Measure LPIPS too, as in compare.")
    @Nullable String lpipsWeights;

    @Option(
            names = "--dry-run",
            description =
                    "Check the study against its model, measure for some seconds about how long it"
                            + " takes, say it, and end.")
    boolean dryRun;

    @Option(names = "--quiet", description = "Say nothing but errors and the files.")
    boolean quiet;

    StudyCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        if (listPresets) {
            Presets.names()
                    .forEach(name -> say("%-8s %s".formatted(name, Presets.study(name).title())));
            return ExitCode.DONE;
        }
        if ((file == null) == (preset == null)) {
            throw new BadInputException(
                    "expected a study file or --preset, found %s; 'svgen study --list-presets' lists presets"
                            .formatted(file == null ? "neither" : "both"));
        }
        if (print) {
            if (preset == null) {
                throw new BadInputException("--print: expected --preset NAME, found a file");
            }
            environment.console().out().print(Presets.text(preset));
            return ExitCode.DONE;
        }
        Study study = study();
        Path folder = folder();
        try (OpenedModel opened = OpenedModel.open(study.model(), environment, quiet, !dryRun)) {
            if (dryRun) {
                look(study, opened);
            } else {
                run(study, opened, folder);
            }
        }
        return ExitCode.DONE;
    }

    private void say(String line) {
        environment.console().out().println(line);
    }

    private Study study() {
        Study study =
                file != null ? StudyFile.read(file) : Presets.study(Objects.requireNonNull(preset));
        String weights =
                lpipsWeights == null ? study.extras().lpipsWeights().orElse(null) : lpipsWeights;
        if (weights != null) {
            study = study.withLpips(LpipsPull.store(environment).locate(weights).toString());
        }
        ModelChoice choice = study.model();
        if (model == null) {
            files.parts()
                    .first()
                    .ifPresent(field -> {
                        throw new BadInputException(
                                "%s: expected --model beside it; the study's own model has its parts in the file"
                                        .formatted(OptionNames.of(field.name())));
                    });
        } else {
            choice = choice.withModel(new GivenModel(model, files.parts()));
        }
        return study.withModel(device == null ? choice : choice.withDevice(device));
    }

    private String name() {
        if (preset != null) {
            return preset;
        }
        return String.valueOf(Objects.requireNonNull(file).getFileName())
                .replaceFirst("\\.ya?ml$", "");
    }

    private Path folder() {
        Path folder = output == null ? Path.of(name() + ".study") : output;
        if (file != null && !dryRun) {
            Inputs.requireKept(List.of(folder), List.of(file));
        }
        return folder;
    }

    /** Makes the study again, or goes on with it. */
    private String command() {
        ShellCommand command = new ShellCommand("study");
        if (file != null) {
            command.file(file);
        }
        command.option("--preset", preset).option("--output", output).option("--model", model);
        files.addTo(command);
        return command.option("--device", device)
                .option("--lpips-weights", lpipsWeights)
                .toString();
    }

    private void look(Study study, OpenedModel opened) {
        Outlook outlook =
                Outlook.of(
                        study,
                        opened.model(),
                        plan ->
                                Forecast.seconds(plan, opened.backend()).values().stream()
                                        .mapToDouble(Double::doubleValue)
                                        .sum());
        say(
                "%s x %s x %s = %s, about %s"
                        .formatted(
                                Text.some(outlook.prompts(), "prompt"),
                                Text.some(outlook.seeds(), "seed"),
                                Text.some(outlook.seconds().size(), "method"),
                                Text.some(outlook.runs(), "run"),
                                Text.seconds(outlook.allSeconds())));
        outlook.seconds()
                .forEach((method, seconds) ->
                        say("  %-40s %s".formatted(method, Text.seconds(seconds))));
    }

    private void run(Study study, OpenedModel opened, Path folder) {
        StudyProgressLines progress = new StudyProgressLines(environment.console(), quiet);
        progress.titled(study.title());
        try {
            StudyResults results =
                    environment
                            .interrupts()
                            .during(
                                    progress::cancel,
                                    () ->
                                            StudyRun.run(
                                                    study,
                                                    opened.model(),
                                                    folder,
                                                    command(),
                                                    progress));
            written(folder, results);
        } catch (CancelledException e) {
            CancelledException told =
                    new CancelledException(
                            "stopped; what is done is kept in %s, and the same command goes on"
                                    .formatted(folder));
            told.initCause(e);
            throw told;
        }
    }

    private void written(Path folder, StudyResults results) {
        StudyReport.write(folder, results);
        for (String name : FILES) {
            Path file = folder.resolve(name);
            if (Files.exists(file)) {
                say(file.toString());
            }
        }
        if (!quiet) {
            environment.console().say("done: " + Text.some(results.runs().size(), "run"));
        }
    }
}
