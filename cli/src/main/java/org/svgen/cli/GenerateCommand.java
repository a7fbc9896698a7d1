package org.svgen.cli;

import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.SafeTensorsWriter;
import org.svgen.media.ContactSheet;
import org.svgen.media.Staged;
import org.svgen.media.VideoWriter;
import org.svgen.pipeline.Clip;
import org.svgen.pipeline.Forecast;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Report;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.StepListener.Stage;
import org.svgen.tensor.Backend;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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
            "The name of the video is printed to standard output, everything else to standard error.",
            "Exit code: 0 done, 2 wrong usage or input, 130 stopped by Ctrl-C, 1 anything else."
        })
final class GenerateCommand implements Callable<Integer> {
    private static final int SHEET_COLUMNS = 6;
    private static final int SHEET_LINES = 2;

    private final Environment environment;

    @Mixin RequestOptions options = new RequestOptions();

    @ArgGroup(exclusive = false, validate = false, heading = "%nOutput:%n")
    OutputOptions output = new OutputOptions();

    @Option(
            names = "--forecast",
            description =
                    "Measure first, for some seconds, about how long it will take, and say it; the"
                            + " report then holds both.")
    boolean forecast;

    GenerateCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        options.check(environment.in());
        VideoWriter writer = output.check(options.text());
        Path folder = new ModelFinder(environment, output.quiet).find(options.model.model);
        Progress progress = new Progress(environment.console(), output.quiet);
        environment.interrupts().onStop(progress::cancel);
        try (Arena arena = Arena.ofShared();
                RequestOptions.Opened opened =
                        options.open(environment, folder, arena, progress::note)) {
            Request request = opened.request();
            writer.check(request.width(), request.height());
            Plan plan = opened.plan();
            output.checkRoom(writer, request);
            introduce(request, folder, opened.backend(), plan);
            Planned planned = planned(plan, opened.backend());
            try (Result result = opened.pipeline().generate(request, plan, progress)) {
                write(request, result, planned, opened.backend().name(), writer, progress);
            }
        }
        environment.console().out().println(writer.out());
        return Main.DONE;
    }

    private void introduce(Request r, Path folder, Backend backend, Plan plan) {
        if (output.quiet) {
            return;
        }
        Console console = environment.console();
        console.say(
                "%s: %d frames of %dx%d at %s fps, %d steps, guidance %s, seed %d"
                        .formatted(
                                Checkpoint.nameOf(folder),
                                r.frames(),
                                r.width(),
                                r.height(),
                                Text.number(r.fps()),
                                r.steps(),
                                Text.number(r.guidance()),
                                r.seed()));
        console.say("attention: " + Text.attention(r));
        console.say("%s: %s".formatted(backend.name(), backend.description()));
        console.say("memory: " + PlanText.memory(plan));
    }

    /**
     * What the plan said, to be compared with what happened.
     *
     * @param peakBytes of the device
     * @param stageSeconds empty without a forecast
     */
    private record Planned(
            long limitBytes, long peakBytes, long hostBytes, Map<Stage, Double> stageSeconds) {}

    private Planned planned(Plan plan, Backend backend) {
        Map<Stage, Double> seconds = forecast ? Forecast.seconds(plan, backend) : Map.of();
        if (!seconds.isEmpty() && !output.quiet) {
            double all = seconds.values().stream().mapToDouble(Double::doubleValue).sum();
            environment.console().say("time: about " + Text.seconds(all));
        }
        return new Planned(plan.limitBytes(), plan.peakBytes(), plan.resultBytes(), seconds);
    }

    private void write(
            Request request,
            Result result,
            Planned planned,
            String device,
            VideoWriter writer,
            Progress progress) {
        Recipe recipe =
                Recipe.of(
                        request,
                        result.report(),
                        device,
                        Text.name(options.content.image),
                        Text.name(options.sampling.latents));
        Clip clip = result.clip();
        String json = Json.compact(recipe);
        writer.write(clip, Map.of("title", request.prompt(), "comment", json), progress);
        if (output.contactSheet != null) {
            ContactSheet.write(
                    output.contactSheet,
                    List.of(new ContactSheet.Row("", clip)),
                    SHEET_COLUMNS,
                    SHEET_LINES);
        }
        Map<String, String> metadata = Map.of("svgen", json);
        if (output.saveLatents != null) {
            SafeTensorsWriter.write(
                    output.saveLatents, Map.of("latents", result.latents()), metadata);
        }
        if (output.saveFrames != null) {
            SafeTensorsWriter.write(output.saveFrames, Map.of("frames", clip.frames()), metadata);
        }
        if (output.report != null) {
            record Whole(String output, Recipe recipe, Planned planned, Report report) {}
            String all =
                    Json.pretty(
                                    new Whole(
                                            writer.out().toString(),
                                            recipe,
                                            planned,
                                            result.report()))
                            + "\n";
            Staged.write(output.report, file -> Files.writeString(file, all));
        }
        conclude(result.report());
    }

    private void conclude(Report report) {
        if (output.quiet) {
            return;
        }
        double seconds =
                report.stageSeconds().values().stream().mapToDouble(Double::doubleValue).sum();
        environment
                .console()
                .say(
                        "done in %s, kept %.1f %% of query-key pairs, %s at most"
                                .formatted(
                                        Progress.clock(seconds),
                                        100 * report.density(),
                                        Text.bytes(report.peakBytes())));
        for (Path path :
                Arrays.asList(
                        output.contactSheet,
                        output.report,
                        output.saveLatents,
                        output.saveFrames)) {
            if (path != null) {
                environment.console().say("wrote " + path);
            }
        }
    }
}
