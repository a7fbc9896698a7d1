package org.svgen.bench.composition;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.svgen.lab.metrics.Psnr;
import org.svgen.models.Pipelines;
import org.svgen.pipeline.CacheSettings;
import org.svgen.pipeline.Defaults;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.RequestBuilder;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;

/** Measures each way to attend with each cache, each precision and each pace. */
public final class CompositionBench {
    /**
     * What is measured on.
     *
     * @param model a folder
     * @param device such as cpu
     * @param prompts how many of the model's examples
     * @param steps where steps are many
     * @param size width, height and frames; null for the model's own
     * @param density of sparse calls
     */
    public record Setup(
            Path model,
            String device,
            int prompts,
            int steps,
            int @Nullable [] size,
            double density) {}

    private final Setup setup;
    private final Backend backend;
    private final Consumer<String> notes;
    private final Map<DType, VideoPipeline> pipelines = new HashMap<>();
    private final Map<Composition, List<float[]>> videos = new HashMap<>();

    private CompositionBench(Setup setup, Backend backend, Consumer<String> notes) {
        this.setup = setup;
        this.backend = backend;
        this.notes = notes;
    }

    /**
     * Measures all cells.
     *
     * @param setup what is measured on
     * @param notes told of each cell
     * @return all of them
     * @throws BadInputException if the model has no examples
     */
    public static Measured run(Setup setup, Consumer<String> notes) {
        try (Backend backend = Backends.open(setup.device, notes)) {
            CompositionBench bench = new CompositionBench(setup, backend, notes);
            try {
                return bench.measure();
            } finally {
                bench.pipelines.values().forEach(VideoPipeline::close);
            }
        }
    }

    private Measured measure() {
        VideoPipeline pipeline = pipeline(DType.F32);
        List<Pace> paces = Pace.all(pipeline.defaults().settings());
        List<Cell> cells = new ArrayList<>();
        for (Composition composition : cells(paces)) {
            Cell cell = measure(composition);
            cells.add(cell);
            notes.accept(composition + ": " + Tables.text(cell));
        }
        Request plain = Composition.PLAIN.over(base(pipeline, 0), setup.density, denseSteps());
        return new Measured(
                backend.name() + ": " + backend.description(),
                plain.width(),
                plain.height(),
                plain.frames(),
                plain.steps(),
                setup.prompts,
                setup.density,
                denseSteps(),
                paces,
                cells);
    }

    /** Dense ones first, which the others are compared with. */
    static List<Composition> cells(List<Pace> paces) {
        Set<Composition> all = new LinkedHashSet<>();
        for (Way way : Way.all()) {
            for (CacheSettings.Kind cache : CacheSettings.Kind.values()) {
                all.add(new Composition(way, cache, Precision.F32, Pace.MANY));
            }
            for (Precision precision : Precision.all()) {
                all.add(new Composition(way, CacheSettings.Kind.NONE, precision, Pace.MANY));
            }
            for (Pace pace : paces) {
                all.add(new Composition(way, CacheSettings.Kind.NONE, Precision.F32, pace));
            }
        }
        return List.copyOf(all);
    }

    private int denseSteps() {
        return Math.max(1, setup.steps / 10);
    }

    private VideoPipeline pipeline(DType layers) {
        return pipelines.computeIfAbsent(
                layers, type -> Pipelines.open(setup.model, backend, type));
    }

    private Request base(VideoPipeline pipeline, int prompt) {
        Defaults defaults = pipeline.defaults();
        if (setup.prompts > defaults.prompts().size()) {
            throw new BadInputException(
                    "--prompts %d: expected at most as many as the model has examples, %d"
                            .formatted(setup.prompts, defaults.prompts().size()));
        }
        RequestBuilder request =
                Request.builder(defaults).prompt(defaults.prompts().get(prompt)).steps(setup.steps);
        if (setup.size != null) {
            request.size(setup.size[0], setup.size[1]).frames(setup.size[2]);
        }
        return request.build();
    }

    private Cell measure(Composition composition) {
        VideoPipeline pipeline = pipeline(composition.precision().layers());
        List<float[]> made = new ArrayList<>();
        Set<String> said = new LinkedHashSet<>();
        double seconds = 0;
        double reused = 0;
        OptionalDouble kept = OptionalDouble.empty();
        for (int prompt = 0; prompt < setup.prompts; prompt++) {
            Request request;
            Plan plan;
            try {
                request = composition.over(base(pipeline, prompt), setup.density, denseSteps());
                plan = pipeline.plan(request, Long.MAX_VALUE);
            } catch (BadInputException e) {
                return Cell.refused(composition, String.valueOf(e.getMessage()));
            }
            StepListener listener =
                    new StepListener() {
                        @Override
                        public void note(String line) {
                            said.add(line);
                        }
                    };
            try (Result result = pipeline.generate(request, plan, listener)) {
                made.add(result.clip().frames().toFloats());
                seconds += denoising(result.report().stageSeconds());
                reused += result.report().reusedSteps();
                kept = result.report().sparseDensity();
            }
        }
        boolean dense = composition.equals(composition.dense());
        List<float[]> reference =
                dense
                        ? videos.getOrDefault(Composition.PLAIN, made)
                        : videos.getOrDefault(composition.dense(), made);
        double psnr = 0;
        for (int i = 0; i < made.size(); i++) {
            psnr += psnr(made.get(i), reference.get(i)) / made.size();
        }
        if (dense) {
            videos.put(composition, made);
        }
        return new Cell(
                composition,
                null,
                seconds / setup.prompts,
                kept.isPresent() ? kept.getAsDouble() : null,
                reused / setup.prompts,
                psnr,
                List.copyOf(said));
    }

    private static double denoising(Map<Stage, Double> stages) {
        return stages.entrySet().stream()
                .filter(stage -> stage.getKey().kind() == Stage.Kind.DENOISE)
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }

    private static double psnr(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            double d = (double) a[i] - b[i];
            sum += d * d;
        }
        return Psnr.of(sum / a.length);
    }
}
