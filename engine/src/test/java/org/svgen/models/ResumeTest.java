package org.svgen.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.cache.TeaCurve;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.pipeline.Amount;
import org.svgen.pipeline.AttentionBuilder;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.AttentionSettings.Budget;
import org.svgen.pipeline.AttentionSettings.Mode;
import org.svgen.pipeline.AttentionSettings.Precision;
import org.svgen.pipeline.CacheSettings;
import org.svgen.pipeline.CacheSettings.Kind;
import org.svgen.pipeline.CancelledException;
import org.svgen.pipeline.Report;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.resume.CheckpointException;
import org.svgen.resume.CheckpointFile;
import org.svgen.resume.CheckpointInfo;
import org.svgen.resume.Checkpoints;
import org.svgen.resume.Moment;
import org.svgen.resume.Pace;
import org.svgen.resume.Snapshot;
import org.svgen.run.ModelCaches;
import org.svgen.run.ModelFamily;
import org.svgen.run.ModelPipeline;
import org.svgen.tensor.DType;
import org.svgen.tensor.device.Backend;
import org.svgen.testkit.EightBitsBackend;
import org.svgen.testkit.FarBackend;
import org.svgen.testkit.Goldens;
import org.svgen.testkit.TestDevice;

/** Runs that go on from a checkpoint give what an undisturbed run gives, bit by bit. */
class ResumeTest {
    private static final int STEPS = 8;

    @TempDir Path folder;

    private static AttentionBuilder svg() {
        return AttentionSettings.builder()
                .mode(Mode.SVG)
                .density(0.7)
                .denseSteps(new Amount.Count(1))
                .denseLayers(new Amount.Count(0))
                .headTolerance(1.5)
                .sampledRows(8);
    }

    private static CacheSettings cache(Kind kind) {
        double threshold =
                switch (kind) {
                    case NONE -> 0;
                    case EVEN -> 0.4;
                    case EASY -> 0.5;
                    case TEA -> 0.3;
                    case FBC -> 0.5;
                };
        return kind == Kind.NONE
                ? CacheSettings.NONE
                : CacheSettings.builder().kind(kind).threshold(threshold).inARow(2).build();
    }

    private static Request request(
            VideoPipeline pipeline, AttentionSettings attention, CacheSettings cache) {
        return TinyRun.request(pipeline, 7).toBuilder()
                .size(32, 32)
                .frames(9)
                .steps(STEPS)
                .guidance(3)
                .attention(attention)
                .cache(cache)
                .build();
    }

    /** One file for each step. */
    private record Each(Path folder) implements Checkpoints {
        @Override
        public boolean wants(Moment moment) {
            assertThat(moment.bytes()).isPositive();
            return true;
        }

        @Override
        public void take(Snapshot snapshot) {
            snapshot.write(of(snapshot.done()), Map.of());
        }

        Path of(int step) {
            return folder.resolve("step" + step);
        }
    }

    private record From(Path file) implements Checkpoints {
        @Override
        public Optional<Path> from() {
            return Optional.of(file);
        }
    }

    /** All that must be the same. */
    private record Made(long hash, String report) {
        static Made of(Result result) {
            return new Made(TinyRun.hash(result), timeless(result.report()));
        }

        private static String timeless(Report r) {
            List<Report.Step> steps = new ArrayList<>();
            for (Report.Step s : r.steps()) {
                steps.add(
                        new Report.Step(
                                s.index(),
                                s.timestep(),
                                0,
                                s.density(),
                                s.heads(),
                                s.reused(),
                                s.cacheFigure(),
                                s.widths(),
                                s.error(),
                                s.densities()));
            }
            Map<Stage, Double> stages = new LinkedHashMap<>();
            r.stageSeconds().keySet().forEach(stage -> stages.put(stage, 0.0));
            return new Report(
                            r.model(),
                            r.modelHash(),
                            r.device(),
                            stages,
                            0,
                            steps,
                            r.density(),
                            r.sparseDensity(),
                            r.layers(),
                            r.workspaceBytes(),
                            0,
                            r.tokensCut(),
                            r.reusedSteps(),
                            r.widths(),
                            r.receipt())
                    .toString();
        }
    }

    private static Made run(VideoPipeline pipeline, Request request, Checkpoints checkpoints) {
        try (Result result =
                pipeline.generate(
                        request,
                        pipeline.plan(request, Long.MAX_VALUE),
                        StepListener.SILENT,
                        checkpoints)) {
            return Made.of(result);
        }
    }

    private void check(VideoPipeline pipeline, Request request, int... steps) {
        // The model's hash is known from here on, so that no step passes without a checkpoint.
        Made undisturbed = run(pipeline, request, Checkpoints.NONE);
        Each each = new Each(folder);
        assertThat(run(pipeline, request, each)).isEqualTo(undisturbed);
        for (int step : steps) {
            assertThat(CheckpointInfo.read(each.of(step)).step()).isEqualTo(step);
            assertThat(run(pipeline, request, new From(each.of(step))))
                    .as("from step %d", step)
                    .isEqualTo(undisturbed);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cogvideox-t2v-tiny",
                "cogvideox-i2v-tiny",
                "hunyuanvideo-tiny",
                "wan-t2v-tiny",
                "wan-i2v-tiny",
                "wan-flf2v-tiny",
                "wan22-t2v-tiny",
                "wan22-i2v-tiny",
                "wan22-ti2v-tiny"
            })
    void everyFamilyGoesOnFromEachStep(String model) {
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(model), backend)) {
            AttentionSettings attention =
                    svg().budget(Budget.MOVING).auditRows(8).maxError(0.4).build();
            check(pipeline, request(pipeline, attention, cache(Kind.EASY)), 1, STEPS / 2, STEPS);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "hunyuanvideo-tiny, EAR, NONE, MOVING",
        "cogvideox-t2v-tiny, DENSE, NONE, FIXED",
        "cogvideox-t2v-tiny, SVG, EVEN, FIXED",
        "cogvideox-t2v-tiny, SVG, FBC, MOVING",
        "hunyuanvideo-t2v-tiny, SVG, TEA, SNR",
        "hunyuanvideo-tiny, SVG_OFFICIAL, FBC, FIXED",
        "wan-t2v-tiny, SVG_OFFICIAL, TEA, FIXED",
        "wan22-t2v-tiny, SVG, FBC, SNR",
        "cogvideox-t2v-tiny, SVG_OFFICIAL, EASY, FIXED",
        "wan22-t2v-tiny, PAB, NONE, FIXED",
        "cogvideox-t2v-tiny, PAB, NONE, FIXED",
        "hunyuanvideo-tiny, PAB, FBC, FIXED",
        "wan-t2v-tiny, PAB, EASY, FIXED",
        "cogvideox-t2v-tiny, SPATIAL, NONE, FIXED",
        "wan-t2v-tiny, TEMPORAL, EVEN, FIXED"
    })
    void everyAttentionCacheAndBudgetGoesOn(String model, Mode mode, Kind kind, Budget budget) {
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = openWithCurve(model, backend)) {
            AttentionSettings attention =
                    svg().mode(mode).density(mode == Mode.PAB ? 0.34 : 0.7).budget(budget).build();
            check(pipeline, request(pipeline, attention, cache(kind)), 2, 5);
        }
    }

    /** The report's share of pairs in 8 bits is that of the whole run. */
    @ParameterizedTest
    @CsvSource({"SVG, 3", "PAB, 1"})
    void attentionIn8BitsGoesOn(Mode mode, int step) {
        try (Backend backend = new EightBitsBackend(64);
                VideoPipeline pipeline =
                        Pipelines.open(Goldens.folder("wan22-t2v-tiny"), backend)) {
            AttentionSettings attention =
                    svg().mode(mode).density(0.34).attentionDtype(Precision.FP8).build();
            Request request = request(pipeline, attention, cache(Kind.NONE));
            check(pipeline, request, step);
            Request full =
                    request.toBuilder()
                            .attention(attention.toBuilder().attentionDtype(Precision.AUTO).build())
                            .build();
            From there = new From(new Each(folder).of(step));
            assertThatThrownBy(() -> run(pipeline, full, there))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("attention_dtype");
        }
    }

    /** Tiny models have no coefficients of TeaCache. */
    private static VideoPipeline openWithCurve(String model, Backend backend) {
        Checkpoint checkpoint = Checkpoint.open(Goldens.folder(model));
        ModelCaches caches =
                ModelCaches.inside(0.1, Optional.of(new TeaCurve(model, 1, List.of(1.0, 0.0))));
        ModelFamily family =
                new RecordedFamily(
                        Families.ofPipeline(checkpoint.pipelineClass()),
                        Optional.of(caches),
                        new ArrayList<>());
        return ModelPipeline.open(family, checkpoint, backend, DType.F32, false);
    }

    @ParameterizedTest
    @CsvSource({
        "cogvideox-t2v-tiny, CogVideoXDPMScheduler, CogVideoXDDIMScheduler",
        "hunyuanvideo-tiny, '\"stochastic_sampling\": false', '\"stochastic_sampling\": true'"
    })
    void everySchedulerGoesOn(String model, String part, String by) throws IOException {
        Path copy = folder.resolve("model");
        ModelCopy.to(copy, model);
        ModelCopy.replace(copy.resolve("scheduler/scheduler_config.json"), part, by);
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = Pipelines.open(copy, backend)) {
            check(pipeline, request(pipeline, svg().build(), cache(Kind.NONE)), 3);
        }
    }

    @Test
    void theMomentumOfAGuiderGoesOn() throws IOException {
        Path copy = folder.resolve("model");
        ModelCopy.to(copy, "hunyuanvideo15-t2v-tiny");
        String projected = "AdaptiveProjectedGuidance";
        ModelCopy.replace(copy.resolve("model_index.json"), "ClassifierFreeGuidance", projected);
        ModelCopy.replace(
                copy.resolve("guider/guider_config.json"),
                "\"ClassifierFreeGuidance\"",
                "\"%s\", \"adaptive_projected_guidance_momentum\": -0.5".formatted(projected));
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = Pipelines.open(copy, backend)) {
            check(pipeline, request(pipeline, svg().build(), cache(Kind.NONE)), 2, 3);
        }
    }

    private Result goesOn(VideoPipeline pipeline, Request request) {
        return pipeline.generate(
                request,
                pipeline.plan(request, Long.MAX_VALUE),
                StepListener.SILENT,
                new From(new Each(folder).of(STEPS)));
    }

    /** Where memory is not the host's, and in 16 bits. */
    @Test
    void goesOnOnADeviceOfItsOwnMemory() {
        try (FarBackend far = new FarBackend(1L << 40);
                VideoPipeline pipeline = Pipelines.open(Goldens.folder("wan22-t2v-tiny"), far)) {
            Request request = request(pipeline, svg().build(), cache(Kind.EASY));
            check(pipeline, request.toBuilder().dtype(DType.BF16).build(), 2, 5);
            long peak = far.memory().peak();
            far.forgetPeak();
            try (Result last = goesOn(pipeline, request.toBuilder().dtype(DType.BF16).build())) {
                assertThat(far.memory().peak()).isLessThan(peak);
                assertThat(last.report().peakBytes()).isEqualTo(peak);
            }
        }
    }

    @Test
    void aStopEndsBehindTheStepUnderWay() {
        Path file = folder.resolve("checkpoint");
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline =
                        Pipelines.open(Goldens.folder("cogvideox-t2v-tiny"), backend)) {
            Request request = request(pipeline, svg().build(), cache(Kind.NONE));
            Made undisturbed = run(pipeline, request, Checkpoints.NONE);
            CheckpointFile first = new CheckpointFile(file, Pace.USUAL, Map.of("who", "a test"));
            assertThatThrownBy(() -> stopped(pipeline, request, first, 3))
                    .isInstanceOf(CancelledException.class)
                    .hasMessage("stopped behind step 3, of which there is a checkpoint");
            assertThat(first.written()).hasValue(3);
            assertThat(CheckpointInfo.read(file).notes()).containsEntry("who", "a test");

            CheckpointFile second = new CheckpointFile(file, Pace.EACH_STEP, Map.of()).goOn();
            assertThatThrownBy(() -> stopped(pipeline, request, second, 6))
                    .isInstanceOf(CancelledException.class);
            CheckpointFile third = new CheckpointFile(file, Pace.USUAL, Map.of()).goOn();
            assertThat(run(pipeline, request, third)).isEqualTo(undisturbed);
            assertThat(third.written()).isEmpty();
            assertThat(folder).isDirectoryContaining(path -> path.equals(file));
            assertThat(folder.toFile().list()).hasSize(1);
        }
    }

    private static void stopped(
            VideoPipeline pipeline, Request request, CheckpointFile checkpoints, int step) {
        StepListener listener =
                new StepListener() {
                    @Override
                    public void progress(Stage stage, int done, int total) {
                        if (stage.kind() == Stage.Kind.DENOISE && done == step) {
                            checkpoints.stop();
                        }
                    }
                };
        pipeline.generate(request, pipeline.plan(request, Long.MAX_VALUE), listener, checkpoints)
                .close();
    }

    @Test
    void aStopBeforeTheFirstStepOrBehindTheLastEndsAtOnce() {
        Path file = folder.resolve("checkpoint");
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline =
                        Pipelines.open(Goldens.folder("cogvideox-t2v-tiny"), backend)) {
            Request request = request(pipeline, svg().build(), cache(Kind.NONE));
            CheckpointFile early = new CheckpointFile(file, Pace.EACH_STEP, Map.of());
            early.stop();
            assertThatThrownBy(() -> run(pipeline, request, early))
                    .isInstanceOf(CancelledException.class);
            assertThat(file).doesNotExist();
            CheckpointFile late = new CheckpointFile(file, Pace.EACH_STEP, Map.of());
            assertThatThrownBy(() -> stopped(pipeline, request, late, STEPS))
                    .isInstanceOf(CancelledException.class);
            assertThat(CheckpointInfo.read(file).step()).isEqualTo(STEPS);
        }
    }
}
