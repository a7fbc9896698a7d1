package org.svgen.cli;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.ModelSpec;
import org.svgen.forecast.Forecast;
import org.svgen.hub.ModelPreview;
import org.svgen.media.VideoWriter;
import org.svgen.models.Pipelines;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Recipe;
import org.svgen.pipeline.Report;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.WrittenReport;
import org.svgen.resume.Checkpoints;
import org.svgen.tensor.StoppedException;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.random.Seeds;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code svgen generate}: from a prompt to a video. */
@Command(
        name = "generate",
        sortOptions = false,
        mixinStandardHelpOptions = true,
        abbreviateSynopsis = true,
        description = "Makes a video from a prompt, or from a prompt and an image.",
        footer = {
            "",
            "Examples:",
            "  svgen generate \"a red circle moves right on a black background\"",
            "  svgen generate \"a blue square spins\" --seed 7 --output spin.gif",
            "  svgen generate \"a star falls\" --attention dense --output dense.mp4 --report dense.json",
            "  svgen generate \"a panda plays guitar\" --model THUDM/CogVideoX-2b",
            "  svgen plan \"a panda plays guitar\" --model THUDM/CogVideoX-2b      what it would need",
            "  echo \"a green ball bounces\" | svgen generate --prompt-file - --contact-sheet ball.png",
            "",
            "The name of the video (or --json) is printed to standard output, everything else to standard error.",
            "Exit code: 0 done, 2 wrong usage or input, 130 stopped by Ctrl-C, 1 anything else."
        })
final class GenerateCommand implements Callable<Integer> {
    private final Environment environment;

    @Mixin RequestOptions options = new RequestOptions();

    @ArgGroup(exclusive = false, validate = false, heading = "%nOutput:%n")
    OutputOptions output = new OutputOptions();

    @ArgGroup(exclusive = false, validate = false, heading = "%nBeforehand:%n")
    Beforehand beforehand = new Beforehand();

    @ArgGroup(exclusive = false, validate = false, heading = "%nStopping and going on:%n")
    CheckpointOptions checkpoints = new CheckpointOptions();

    @Option(
            names = "--json",
            description =
                    "Print one JSON object in place of the video's name: output, seed, seconds, density,"
                            + " error of attention, recipe and report.")
    boolean json;

    /** What comes before the run. */
    static final class Beforehand {
        @Option(
                names = "--forecast",
                description =
                        "Measure first, for some seconds, about how long it will take, and say it;"
                                + " the report then holds both.")
        boolean forecast;
    }

    @Spec CommandSpec spec = CommandSpec.create();

    private GenerateCommand(Environment environment) {
        this.environment = environment;
    }

    static CommandLine commandLine(Environment environment) {
        GenerateCommand command = new GenerateCommand(environment);
        CommandLine line = new CommandLine(command);
        command.options.addTo(line.getCommandSpec());
        return line;
    }

    @Override
    public Integer call() {
        Path resume = checkpoints.resume;
        if (resume != null) {
            return ResumedCommand.of(resume, spec, output.quiet, environment).goOn();
        }
        return make(null);
    }

    /**
     * Makes the video.
     *
     * @param goesOn of a run that was stopped; null begins one
     */
    Integer make(@Nullable KeptCommand goesOn) {
        options.check(environment.in());
        VideoWriter writer = output.check(options.text());
        output.requireKept(writer, options.files());
        Progress progress = new Progress(environment.console(), output.quiet);
        try (KeptRun kept = kept(goesOn, progress)) {
            if (kept != null) {
                output.requireKept(writer, List.of(kept.path()));
            }
            return make(writer, progress, kept);
        }
    }

    private @Nullable KeptRun kept(@Nullable KeptCommand goesOn, Progress progress) {
        Path dir = checkpoints.checkpoint;
        if (dir == null) {
            return null;
        }
        return goesOn == null
                ? KeptRun.begin(
                        dir,
                        KeptCommand.here(words(), options.readsText() ? options.text() : null),
                        progress::note)
                : KeptRun.goOn(dir, goesOn, progress::note);
    }

    /** As they were given, without the command's name. */
    private List<String> words() {
        List<String> words = spec.commandLine().getParseResult().originalArgs();
        return words.getFirst().equals(spec.name()) ? words.subList(1, words.size()) : words;
    }

    private Integer make(VideoWriter writer, Progress progress, @Nullable KeptRun kept) {
        ModelSpec model = model(writer);
        output.requireKept(writer, Checkpoint.files(model));
        try (Arena arena = Arena.ofShared();
                RequestOptions.Opened opened =
                        options.open(
                                (b, type) -> environment.opener().open(model, b, type),
                                arena,
                                progress::note)) {
            Request request = opened.request();
            writer.check(request.width(), request.height());
            Plan plan = opened.plan();
            options.attention.tellOfLess(opened.request().steps(), plan, progress::note);
            output.leaveOutHeads(request.attention().mode(), progress::note);
            output.checkRoom(
                    writer,
                    request,
                    plan,
                    kept == null ? Map.of() : Map.of(kept.path(), KeptRun.bytes(request, plan)));
            introduce(request, model, opened.backend(), plan);
            Outputs outputs =
                    new Outputs(
                            output,
                            writer,
                            planned(plan, opened.backend()),
                            json,
                            kept == null ? () -> {} : kept::done);
            conclude(
                    environment
                            .interrupts()
                            .during(
                                    kept == null ? progress::cancel : () -> kept.stop(progress),
                                    () -> run(opened, plan, outputs, progress, kept)));
        }
        return ExitCode.DONE;
    }

    /** The model: as it is here, or downloaded once it is known that the run can be. */
    private ModelSpec model(VideoWriter writer) {
        ChosenModel model = ChosenModel.of(options.model, environment, output.quiet);
        return model.here()
                .orElseGet(() -> {
                    model.preview(preview -> refuse(model, preview, writer));
                    return model.download();
                });
    }

    /** Refuses what cannot be, before gigabytes come for it. */
    private Request refuse(ChosenModel model, ModelPreview preview, VideoWriter writer) {
        try (Arena arena = Arena.ofShared();
                RequestOptions.Opened opened =
                        options.open(
                                (b, type) -> Pipelines.open(model.open(preview), b, type),
                                arena,
                                note -> {})) {
            Request request = opened.request();
            writer.check(request.width(), request.height());
            output.checkRoom(writer, request, opened.plan(), Map.of());
            return request;
        }
    }

    private Report run(
            RequestOptions.Opened opened,
            Plan plan,
            Outputs outputs,
            Progress progress,
            @Nullable KeptRun kept) {
        if (kept == null) {
            return run(opened, plan, outputs, progress, Checkpoints.NONE, () -> {});
        }
        try {
            return run(opened, plan, outputs, progress, kept, () -> kept.left(progress));
        } catch (StoppedException e) {
            throw kept.stopped(e);
        }
    }

    private Report run(
            RequestOptions.Opened opened,
            Plan plan,
            Outputs outputs,
            Progress progress,
            Checkpoints kept,
            Runnable left) {
        Request request = opened.request();
        try (Result result = opened.pipeline().generate(request, plan, progress, kept)) {
            left.run();
            Recipe recipe =
                    result.recipe()
                            .withFiles(
                                    Text.name(options.content.image),
                                    Text.name(options.content.lastImage),
                                    Text.name(options.sampling.latents));
            return outputs.write(recipe, result, progress, environment.console());
        }
    }

    private void introduce(Request r, ModelSpec model, Backend backend, Plan plan) {
        if (output.quiet) {
            return;
        }
        Console console = environment.console();
        console.say(
                "%s: %s of %dx%d at %s fps, %s, guidance %s, seed %s"
                        .formatted(
                                model.name(),
                                Text.some(r.frames(), "frame"),
                                r.width(),
                                r.height(),
                                Text.number(r.fps()),
                                Text.some(r.steps(), "step"),
                                Text.number(r.guidance()),
                                Seeds.unsigned(r.seed())));
        console.say("attention: " + Text.attention(r));
        Text.skips(plan.skips(), r.steps()).ifPresent(skips -> console.say("cache: " + skips));
        console.say("%s: %s".formatted(backend.name(), backend.summary()));
        console.say("memory: " + PlanText.memory(plan));
    }

    private WrittenReport.Planned planned(Plan plan, Backend backend) {
        Map<Stage, Double> seconds =
                beforehand.forecast ? Forecast.seconds(plan, backend) : Map.of();
        if (!seconds.isEmpty() && !output.quiet) {
            double all = seconds.values().stream().mapToDouble(Double::doubleValue).sum();
            environment.console().say("time: " + Text.about(plan.skips(), all));
        }
        return WrittenReport.Planned.of(plan, seconds);
    }

    private void conclude(Report report) {
        if (output.quiet) {
            return;
        }
        environment
                .console()
                .say(
                        "done in %s, kept %s%s%s, %s at most"
                                .formatted(
                                        Progress.clock(report.seconds()),
                                        Text.kept(report),
                                        Text.reused(report),
                                        Text.missed(report),
                                        Text.bytes(report.peakBytes())));
        output.written(report).values().forEach(path -> environment.console().say("wrote " + path));
    }
}
