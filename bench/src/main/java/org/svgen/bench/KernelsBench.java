package org.svgen.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.ModelSpec;
import org.svgen.models.Pipelines;
import org.svgen.pipeline.Amount;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.AttentionSettings.Mode;
import org.svgen.pipeline.AttentionSettings.Precision;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.RequestBuilder;
import org.svgen.pipeline.StagePlan;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.tensor.device.Work;

/** The operations that a run of a model consists of, each by itself. */
final class KernelsBench {
    private static final String DEMO = "demo";
    private static final String MEASURED =
            "means of several back to back, %.0f ms of them, on random operands; medians of %d; each with"
                    + " the rate of what limits it, operations or bytes: what would take longer at the"
                    + " rates of the largest that computes and the largest that only moves";
    private static final int MAX_SIZES_OF_AN_OPERATION = 3;
    private static final double ENOUGH_TIME =
            0.9; // a fraction of what an operation takes in its stage
    private static final int PROMPT_WORDS = 180;
    private static final int STEPS = 2; // the first dense
    private static final int SAMPLED_ROWS = 64;

    private KernelsBench() {}

    /**
     * @param config one of {@link BenchConfigs#SIZES}, or a model's folder; by default all of them,
     *     on a CPU the demo
     * @param video by default what each is known by, or made for
     * @param density kept fraction of pairs in a sparse step
     * @param precision in what attention multiplies
     * @param layers what the denoiser computes in
     * @param batchSeconds what repetitions of an operation take together
     * @param seconds after which nothing more is begun, but for one operation of each model
     */
    record Setup(
            @Nullable String config,
            @Nullable Video video,
            double density,
            Precision precision,
            ProductsOption.Layers layers,
            String device,
            int rounds,
            double batchSeconds,
            double seconds) {}

    /**
     * @param measured how
     */
    record Outcome(String device, String dtype, String measured, List<Model> models) {
        List<String> text() {
            List<String> lines = new ArrayList<>();
            lines.add("on %s in %s".formatted(device, dtype));
            lines.add(measured);
            models.forEach(model -> lines.addAll(model.text()));
            return lines;
        }
    }

    /**
     * @param leftOut operations that the time did not suffice for
     */
    record Model(String config, Video video, List<TimedKernel> kernels, int leftOut) {
        List<String> text() {
            List<String> lines = new ArrayList<>();
            lines.add(
                    "%s, %d frames of %d x %d"
                            .formatted(config, video.frames(), video.width(), video.height()));
            String stage = "";
            for (TimedKernel kernel : kernels) {
                if (!kernel.stage().text().equals(stage)) {
                    stage = kernel.stage().text();
                    lines.add(stage);
                }
                lines.add("  " + kernel.text());
            }
            if (leftOut > 0) {
                lines.add("left out for want of time: %d operations".formatted(leftOut));
            }
            return lines;
        }
    }

    static Outcome run(Setup s, Supplier<Path> demo, Consumer<String> notes) {
        Deadline deadline = Deadline.in(s.seconds);
        try (Backend backend = Backends.open(s.device, notes);
                KernelTimer timer = new KernelTimer(backend, s.rounds, s.batchSeconds)) {
            List<Model> models = new ArrayList<>();
            if (s.config != null) {
                models.add(model(s.config, s.config, s, backend, timer, deadline, notes));
            } else if (backend.readsHost()) {
                models.add(model(DEMO, demo.get().toString(), s, backend, timer, deadline, notes));
            } else {
                BenchConfigs.SIZES.keySet().stream()
                        .sorted()
                        .forEach(c -> models.add(model(c, c, s, backend, timer, deadline, notes)));
            }
            return new Outcome(
                    backend.description(),
                    s.layers.text(s.layers.activation(backend)),
                    MEASURED.formatted(s.batchSeconds * 1e3, s.rounds),
                    models);
        }
    }

    private static Model model(
            String name,
            String config,
            Setup s,
            Backend backend,
            KernelTimer timer,
            Deadline deadline,
            Consumer<String> notes) {
        try (ModelFolder folder = ModelFolder.of(config);
                VideoPipeline pipeline =
                        Pipelines.open(
                                Checkpoint.open(ModelSpec.synthetic(folder.path())),
                                backend,
                                s.layers.activation(backend))) {
            Video asked = s.video == null ? BenchConfigs.SIZES.get(config) : s.video;
            Request request = request(pipeline, asked, s);
            List<TimedKernel> kernels = new ArrayList<>();
            int leftOut = 0;
            for (StagePlan stage : pipeline.plan(request, Long.MAX_VALUE).stages()) {
                List<Work.Call> calls = chosen(stage.need().work());
                notes.accept(
                        "%s, %s: %d operations"
                                .formatted(name, stage.stage().text(), calls.size()));
                for (Work.Call call : calls) {
                    if (!kernels.isEmpty() && deadline.passed()) {
                        leftOut++;
                        continue;
                    }
                    TimedKernel kernel =
                            TimedKernel.of(stage.stage(), call.op(), timer.time(call.op()));
                    notes.accept("  " + kernel.text());
                    kernels.add(kernel);
                }
            }
            Video video = new Video(request.width(), request.height(), request.frames());
            return new Model(name, video, limited(kernels), leftOut);
        }
    }

    /** Both a dense and a sparse step. */
    private static Request request(VideoPipeline pipeline, @Nullable Video video, Setup s) {
        AttentionSettings settings =
                AttentionSettings.builder()
                        .mode(Mode.SVG)
                        .density(s.density)
                        .denseSteps(new Amount.Count(1))
                        .denseLayers(new Amount.Count(0))
                        .sampledRows(SAMPLED_ROWS)
                        .attentionDtype(s.precision)
                        .build();
        RequestBuilder request =
                Request.builder(pipeline.defaults())
                        .prompt("word ".repeat(PROMPT_WORDS))
                        .steps(STEPS)
                        .attention(settings);
        if (video != null) {
            request.size(video.width(), video.height()).frames(video.frames());
        }
        return s.layers.addTo(request).build();
    }

    /** Of each operation, in each of its variants, the sizes that take most. */
    private static List<Work.Call> chosen(Work work) {
        Map<String, Map<List<String>, Work.Call>> variants = new LinkedHashMap<>();
        for (Work.Call call : work.calls()) {
            variants.computeIfAbsent(TimedKernel.name(call.op()), _ -> new LinkedHashMap<>())
                    .putIfAbsent(TimedKernel.operands(call.op()), call);
        }
        return variants.values().stream()
                .flatMap(sizes ->
                        Work.largest(sizes.values(), MAX_SIZES_OF_AN_OPERATION, ENOUGH_TIME)
                                .stream())
                .toList();
    }

    /** Tells of each what limits it, if the device can do what the largest of them do. */
    private static List<TimedKernel> limited(List<TimedKernel> kernels) {
        double teraflops = rate(kernels, TimedKernel::operations, TimedKernel::teraflops);
        double terabytes =
                rate(
                        kernels.stream().filter(k -> k.operations() == 0).toList(),
                        TimedKernel::bytes,
                        TimedKernel::terabytes);
        return kernels.stream().map(k -> k.limited(teraflops, terabytes)).toList();
    }

    private static double rate(
            List<TimedKernel> kernels,
            ToDoubleFunction<TimedKernel> amount,
            ToDoubleFunction<TimedKernel> rate) {
        return kernels.stream()
                .max(Comparator.comparingDouble(amount))
                .map(rate::applyAsDouble)
                .orElse(1.0);
    }
}
