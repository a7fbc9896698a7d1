package org.svgen.cli;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.ModelSpec;
import org.svgen.forecast.Forecast;
import org.svgen.hub.ModelPreview;
import org.svgen.hub.PullPlan;
import org.svgen.media.VideoWriter;
import org.svgen.models.Pipelines;
import org.svgen.pipeline.PlainJson;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StagePlan;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.DType;
import org.svgen.tensor.device.Backend;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code svgen plan}: what {@code generate} would need, without doing it. */
@Command(
        name = "plan",
        sortOptions = false,
        mixinStandardHelpOptions = true,
        abbreviateSynopsis = true,
        description = {
            "Says what generate would need with the same options: tokens, memory of each stage and"
                    + " how it is made to fit, disk, and about how long it would take here.",
            "",
            "No weights are loaded, and none are downloaded: of a model on the hub, configs and headers"
                    + " are enough. Memory is found by playing the whole run through without"
                    + " computing; time by measuring the operations that the run consists of for a few"
                    + " seconds. generate goes by the same plan."
        },
        footer = {
            "",
            "Examples:",
            "  svgen plan \"a red circle moves right\"",
            "  svgen plan \"a panda plays guitar\" --model THUDM/CogVideoX-5b --device cuda --memory-limit 16G",
            "  svgen plan \"a star falls\" --frames 17 --json",
            "",
            "The columns: weights in their files; step, the memory of what is computed; device, what the"
                    + " stage takes of the device; time.",
            "Exit code: 0 it fits, 2 it does not (one line says what would) or wrong usage, 1 anything"
                    + " else."
        })
final class PlanCommand implements Callable<Integer> {
    private final Environment environment;

    @Mixin RequestOptions options = new RequestOptions();

    @ArgGroup(exclusive = false, validate = false, heading = "%nOutput:%n")
    OutputOptions output = new OutputOptions();

    @Option(names = "--json", description = "Print one JSON object.")
    boolean json;

    @Option(names = "--no-time", description = "Measure nothing: leave the time out.")
    boolean noTime;

    private PlanCommand(Environment environment) {
        this.environment = environment;
    }

    static CommandLine commandLine(Environment environment) {
        PlanCommand command = new PlanCommand(environment);
        CommandLine line = new CommandLine(command);
        command.options.addTo(line.getCommandSpec());
        return line;
    }

    /**
     * @param seconds in all; null if nothing was measured; an upper bound if a cache may skip steps
     * @param skippedSteps of a cache
     * @param downloadBytes that pull or generate would fetch
     * @param downloadFreeBytes of the cache's disk; null if the model is here
     */
    private record Output(
            String model,
            String device,
            int width,
            int height,
            int frames,
            int steps,
            Plan.Tokens tokens,
            long limitBytes,
            long peakBytes,
            long hostBytes,
            long outputBytes,
            long outputFreeBytes,
            @Nullable Double seconds,
            Plan.Skips skippedSteps,
            long downloadBytes,
            @Nullable Long downloadFreeBytes,
            List<StageOutput> stages) {}

    private record StageOutput(
            Stage stage,
            long weightBytes,
            int layers,
            int streamedLayers,
            long deviceWeightBytes,
            long workspaceBytes,
            long deviceBytes,
            @Nullable Double seconds) {
        static StageOutput of(StagePlan s, @Nullable Double seconds) {
            return new StageOutput(
                    s.stage(),
                    s.need().weightBytes(),
                    s.need().layers().size(),
                    s.stream().count(),
                    s.deviceWeightBytes(),
                    s.need().workspaceBytes(),
                    s.bytes(),
                    seconds);
        }
    }

    @Override
    public Integer call() {
        options.check(environment.in());
        VideoWriter writer = output.checkNames(options.text()); // nothing is written
        ChosenModel model = ChosenModel.of(options.model, environment, output.quiet);
        String told =
                model.here()
                        .map(spec ->
                                plan(
                                        writer,
                                        spec,
                                        null,
                                        (b, type) -> environment.opener().open(spec, b, type)))
                        .orElseGet(() -> model.preview(preview -> plan(writer, model, preview)));
        environment.console().out().println(told);
        return ExitCode.DONE;
    }

    private String plan(VideoWriter writer, ChosenModel model, ModelPreview preview) {
        return plan(
                writer,
                model.spec(preview.folder()),
                preview.plan(),
                (b, type) -> Pipelines.open(model.open(preview), b, type));
    }

    private String plan(
            VideoWriter writer,
            ModelSpec model,
            @Nullable PullPlan pull,
            BiFunction<Backend, DType, VideoPipeline> opener) {
        Progress progress = new Progress(environment.console(), output.quiet);
        try (Arena arena = Arena.ofShared();
                RequestOptions.Opened opened = options.open(opener, arena, progress::note)) {
            opened.pipeline().notes().forEach(progress::note);
            opened.pipeline().unused(opened.request()).forEach(progress::note);
            Plan plan = opened.plan();
            options.attention.tellOfLess(opened.request().steps(), plan, progress::note);
            Map<Stage, Double> seconds =
                    noTime ? Map.of() : Forecast.seconds(plan, opened.backend());
            Request r = opened.request();
            output.checkRoom(writer, r, plan, Map.of());
            String device = opened.backend().name() + ": " + opened.backend().description();
            Output found = output(plan, seconds, r, model, pull, device, writer.out());
            return json ? PlainJson.pretty(found) : text(found, plan, r, seconds);
        }
    }

    private static Output output(
            Plan plan,
            Map<Stage, Double> seconds,
            Request r,
            ModelSpec model,
            @Nullable PullPlan pull,
            String device,
            Path out) {
        List<StageOutput> stages = new ArrayList<>();
        for (StagePlan stage : plan.stages()) {
            stages.add(StageOutput.of(stage, seconds.get(stage.stage())));
        }
        return new Output(
                model.name(),
                device,
                r.width(),
                r.height(),
                r.frames(),
                r.steps(),
                plan.tokens(),
                plan.limitBytes(),
                plan.peakBytes(),
                plan.resultBytes(),
                3L * r.frames() * r.width() * r.height(),
                OutputOptions.free(out),
                seconds.isEmpty()
                        ? null
                        : seconds.values().stream().mapToDouble(Double::doubleValue).sum(),
                plan.skips(),
                pull == null ? 0 : pull.toDownload(),
                pull == null ? null : pull.free(),
                stages);
    }

    private static String text(Output o, Plan plan, Request r, Map<Stage, Double> seconds) {
        String text =
                """
                model      %s
                video      %s of %dx%d, %s, %s%s
                device     %s
                tokens     %d of video, %s%s

                %s
                memory     %s
                host       %s for frames and latents
                disk       up to %s for the video, %s free
                """
                        .formatted(
                                o.model,
                                Text.some(o.frames, "frame"),
                                o.width,
                                o.height,
                                Text.some(o.steps, "step"),
                                Text.attention(r),
                                Text.skips(plan.skips(), r.steps())
                                        .map(skips -> "%ncache      %s".formatted(skips))
                                        .orElse(""),
                                o.device,
                                o.tokens.video(),
                                o.tokens.text() == 0 ? "" : o.tokens.text() + " of text, ",
                                o.tokens.branches() == 1
                                        ? "once a step"
                                        : "twice a step (guidance)",
                                PlanText.stages(plan.stages(), seconds),
                                PlanText.memory(plan),
                                Text.bytes(o.hostBytes),
                                Text.bytes(o.outputBytes),
                                Text.bytes(o.outputFreeBytes));
        return text.stripTrailing() + download(o) + time(o, plan);
    }

    private static String download(Output o) {
        Long free = o.downloadFreeBytes;
        return free == null
                ? ""
                : "%ndownload   %s by 'svgen pull' or generate, %s free there%s"
                        .formatted(
                                Text.bytes(o.downloadBytes),
                                Text.bytes(free),
                                o.downloadBytes > free ? ": too little" : "");
    }

    private static String time(Output o, Plan plan) {
        return o.seconds == null
                ? ""
                : "%ntime       ".formatted() + Text.about(plan.skips(), o.seconds);
    }
}
