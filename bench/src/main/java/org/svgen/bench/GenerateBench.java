package org.svgen.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.ModelSpec;
import org.svgen.forecast.Forecast;
import org.svgen.media.VideoWriter;
import org.svgen.models.Pipelines;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.CacheSettings;
import org.svgen.pipeline.Defaults;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Report;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.RequestBuilder;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.DType;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.ranks.Devices;

/** A whole pipeline of random weights, from a prompt to a file. */
final class GenerateBench {
    private static final int PROMPT_WORDS = 180;
    private static final String SECOND_GUIDANCE = "guidance2"; // of models with two experts

    private GenerateBench() {}

    /**
     * @param config one of {@link BenchConfigs#SIZES}, or a model's folder
     * @param cache which steps are skipped, given what the model recommends
     * @param guidance of all experts; none for the model's own
     * @param limitBytes of the device's memory
     * @param requests how often the video is made, in one session
     * @param writer where the video goes
     */
    record Setup(
            String config,
            Video video,
            AttentionSettings attention,
            UnaryOperator<CacheSettings> cache,
            int steps,
            @Nullable Double guidance,
            long seed,
            DType dtype,
            String device,
            long limitBytes,
            int requests,
            VideoWriter writer) {}

    /**
     * @param stageSeconds of the pipeline's stages, and of writing the file
     * @param forecastSeconds what {@code svgen plan} says beforehand, without the writing
     * @param seconds from the prompt to the file
     * @param weightSeconds of each request: until its weights were on the device
     * @param plannedBytes of device memory, {@code peakBytes} what was given out
     * @param stepSeconds one by one; the first of them loads kernels
     * @param stepDensities what each of them kept of the query-key pairs, 0 where it kept none
     * @param denseSteps how many of them were warm-up
     * @param reusedSteps how many of them came from the cache
     * @param denseStepSeconds median of the warm-up's, {@code sparseStepSeconds} of the others that
     *     were computed, {@code reusedStepSeconds} of those that were not; none where there were no
     *     such steps
     */
    record Outcome(
            String config,
            String device,
            String attention,
            Video video,
            double density,
            Map<String, Double> stageSeconds,
            Map<String, Double> forecastSeconds,
            double seconds,
            List<Double> weightSeconds,
            long plannedBytes,
            long peakBytes,
            List<Double> stepSeconds,
            List<Double> stepDensities,
            int denseSteps,
            int reusedSteps,
            @Nullable Double denseStepSeconds,
            @Nullable Double sparseStepSeconds,
            @Nullable Double reusedStepSeconds) {
        List<String> text() {
            List<String> lines = new ArrayList<>();
            lines.add("%s on %s".formatted(config, device));
            lines.add(
                    "%d frames of %d x %d, %s attention, density %.4f, %d steps"
                            .formatted(
                                    video.frames(),
                                    video.width(),
                                    video.height(),
                                    attention,
                                    density,
                                    stepSeconds.size()));
            stageSeconds.forEach((stage, s) -> lines.add(stageText(stage, s)));
            lines.add(line("in all", seconds));
            lines.add(
                    "weights on the device after "
                            + weightSeconds.stream()
                                    .map("%.3f s"::formatted)
                                    .collect(Collectors.joining(", ")));
            lines.add(
                    "medians of steps: warm-up %s (%d of them), others %s, reused %s (%d of them)"
                            .formatted(
                                    text(denseStepSeconds),
                                    denseSteps,
                                    text(sparseStepSeconds),
                                    text(reusedStepSeconds),
                                    reusedSteps));
            lines.add(
                    "peak memory %.2f GiB, planned %.2f GiB"
                            .formatted(peakBytes / 0x1p30, plannedBytes / 0x1p30));
            return lines;
        }

        private static String seconds(Map<String, Double> stages) {
            return stages.entrySet().stream()
                    .map(stage -> "%s %.1f s".formatted(stage.getKey(), stage.getValue()))
                    .collect(Collectors.joining(", "));
        }

        private String stageText(String stage, double seconds) {
            Double forecast = forecastSeconds.get(stage);
            String line = line(stage, seconds);
            return forecast == null ? line : line + ", %.3f s forecast".formatted(forecast);
        }

        private static String line(String what, double seconds) {
            return "  %-18s %9.3f s".formatted(what, seconds);
        }

        private static String text(@Nullable Double seconds) {
            return seconds == null ? "none" : "%.3f s".formatted(seconds);
        }
    }

    static Outcome run(Setup s, Consumer<String> notes) {
        try (ModelFolder folder = ModelFolder.of(s.config);
                Backend backend = Devices.open(s.device, notes);
                VideoPipeline pipeline = open(s, folder, backend)) {
            Request request = request(s, pipeline.defaults());
            Plan plan = pipeline.plan(request, s.limitBytes);
            notes.accept("planned %.2f GiB".formatted(plan.peakBytes() / 0x1p30));
            Map<String, Double> forecast = new LinkedHashMap<>();
            Forecast.seconds(plan, backend)
                    .forEach((stage, seconds) -> forecast.put(stage.text(), seconds));
            notes.accept("forecast " + Outcome.seconds(forecast));
            List<Double> weights = new ArrayList<>();
            for (int i = 1; i < s.requests; i++) {
                try (Result result = pipeline.generate(request, plan, listener(notes))) {
                    weights.add(result.report().weightSeconds());
                }
            }
            long start = System.nanoTime();
            try (Result result = pipeline.generate(request, plan, listener(notes))) {
                long made = System.nanoTime();
                s.writer.write(result.clip(), Map.of());
                weights.add(result.report().weightSeconds());
                return outcome(s, request, plan, forecast, result.report(), weights, start, made);
            }
        }
    }

    private static Request request(Setup s, Defaults defaults) {
        RequestBuilder builder =
                Request.builder(defaults)
                        .prompt("word ".repeat(PROMPT_WORDS))
                        .size(s.video.width(), s.video.height())
                        .frames(s.video.frames())
                        .steps(s.steps)
                        .seed(s.seed)
                        .dtype(s.dtype)
                        .attention(s.attention)
                        .cache(s.cache.apply(defaults.cache()));
        if (s.guidance != null) {
            builder.guidance(s.guidance);
            if (defaults.settings().values().get(SECOND_GUIDANCE) instanceof Number) {
                builder.set(SECOND_GUIDANCE, s.guidance);
            }
        }
        return builder.build();
    }

    private static VideoPipeline open(Setup s, ModelFolder folder, Backend backend) {
        Checkpoint checkpoint = Checkpoint.open(ModelSpec.synthetic(folder.path()));
        return s.requests > 1
                ? Pipelines.openSession(checkpoint, backend, backend.activation())
                : Pipelines.open(checkpoint, backend, backend.activation());
    }

    private static Outcome outcome(
            Setup s,
            Request request,
            Plan plan,
            Map<String, Double> forecast,
            Report report,
            List<Double> weights,
            long start,
            long made) {
        long end = System.nanoTime();
        Map<String, Double> stages = new LinkedHashMap<>();
        report.stageSeconds().forEach((stage, t) -> stages.put(stage.text(), t));
        stages.put(Stage.WRITE.text(), (end - made) * 1e-9);
        List<Double> steps = report.steps().stream().map(Report.Step::seconds).toList();
        int dense =
                s.attention.mode() == AttentionSettings.Mode.DENSE
                        ? (report.reusedSteps() == 0 ? steps.size() : 0)
                        : s.attention.denseSteps().of(request.steps());
        List<Double> others = new ArrayList<>();
        List<Double> reused = new ArrayList<>();
        for (Report.Step step : report.steps().subList(dense, steps.size())) {
            (step.reused() ? reused : others).add(step.seconds());
        }
        return new Outcome(
                s.config,
                report.device(),
                AttentionDtypeOption.text(s.attention)
                        + (request.productsInEightBits() ? ", products in fp8" : ""),
                s.video,
                report.density(),
                stages,
                forecast,
                (end - start) * 1e-9,
                weights,
                plan.peakBytes(),
                report.peakBytes(),
                steps,
                report.steps().stream().map(Report.Step::density).toList(),
                dense,
                report.reusedSteps(),
                // The first step loads kernels; it counts only where it is alone.
                median(steps.subList(dense > 1 ? 1 : 0, dense)),
                median(dense == 0 && others.size() > 1 ? others.subList(1, others.size()) : others),
                median(reused));
    }

    private static @Nullable Double median(List<Double> seconds) {
        return seconds.isEmpty() ? null : Stopwatch.median(seconds);
    }

    private static StepListener listener(Consumer<String> notes) {
        return new StepListener() {
            @Override
            public void note(String line) {
                notes.accept(line);
            }

            @Override
            public void progress(Stage stage, int done, int total) {
                if (done == total || stage.kind() == Stage.Kind.DENOISE) {
                    notes.accept("%s %d/%d".formatted(stage.text(), done, total));
                }
            }
        };
    }
}
