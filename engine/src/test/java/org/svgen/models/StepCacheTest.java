package org.svgen.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.pipeline.Amount;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.CacheSettings;
import org.svgen.pipeline.CacheSettings.Kind;
import org.svgen.pipeline.CancelledException;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Recipe;
import org.svgen.pipeline.Report;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Work;
import org.svgen.testkit.FarBackend;
import org.svgen.testkit.Goldens;
import org.svgen.testkit.TestDevice;

/** Runs that skip steps. */
class StepCacheTest {
    private static final String COGVIDEOX = "cogvideox-t2v-tiny";
    private static final int STEPS = 12;

    /** Reaches far enough that every step is skipped that may be. */
    private static final CacheSettings FAR =
            CacheSettings.builder().kind(Kind.EASY).threshold(1).build();

    private static final AttentionSettings SVG =
            AttentionSettings.builder()
                    .density(0.999)
                    .denseSteps(new Amount.Count(3))
                    .denseLayers(new Amount.Count(0))
                    .sampledRows(8)
                    .build();

    private static Request request(VideoPipeline pipeline, CacheSettings cache) {
        return Request.builder(pipeline.defaults())
                .prompt("a panda plays guitar")
                .size(48, 32)
                .frames(9)
                .steps(STEPS)
                .guidance(3)
                .attention(SVG)
                .cache(cache)
                .build();
    }

    private static Result run(VideoPipeline pipeline, Request request) {
        return pipeline.generate(request, StepListener.SILENT);
    }

    private static List<Integer> reused(Report report) {
        return report.steps().stream().filter(Report.Step::reused).map(Report.Step::index).toList();
    }

    private static VideoPipeline open(String folder, Backend backend) {
        return Pipelines.open(Goldens.folder(folder), backend);
    }

    @ParameterizedTest
    @ValueSource(strings = {COGVIDEOX, "hunyuanvideo-tiny", "wan-t2v-tiny"})
    void skipsBehindTheDenseStepsAndTellsOfIt(String folder) {
        Set<Integer> told = new TreeSet<>();
        int[] done = {0};
        StepListener listener =
                new StepListener() {
                    @Override
                    public void reused(int step, int steps) {
                        assertThat(steps).isEqualTo(STEPS);
                        told.add(step);
                    }

                    @Override
                    public void progress(Stage stage, int parts, int total) {
                        done[0] += stage.kind() == Stage.Kind.DENOISE ? 1 : 0;
                    }
                };
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = open(folder, backend);
                Result result = pipeline.generate(request(pipeline, FAR), listener)) {
            Report report = result.report();
            List<Integer> reused = reused(report);
            assertThat(reused).isNotEmpty().allMatch(step -> step >= 3 && step < STEPS - 1);
            assertThat(told).containsExactlyElementsOf(reused);
            assertThat(report.reusedSteps()).isEqualTo(reused.size());
            assertThat(done[0]).isEqualTo(STEPS + 1);
            for (Report.Step step : report.steps()) {
                assertThat(step.cacheFigure().isPresent())
                        .isEqualTo(step.index() >= 3 && step.index() < STEPS - 1);
                if (step.reused()) {
                    assertThat(step.density()).isZero();
                    assertThat(step.heads()).containsOnly("");
                } else {
                    assertThat(step.density()).isPositive();
                }
            }
        }
    }

    @Test
    void withoutACacheNothingIsSkippedAndAThresholdOfNothingChangesNoBit() {
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = open(COGVIDEOX, backend);
                Result plain = run(pipeline, request(pipeline, CacheSettings.NONE));
                Result none =
                        run(
                                pipeline,
                                request(
                                        pipeline,
                                        FAR.toBuilder().threshold(Double.MIN_VALUE).build()))) {
            assertThat(plain.report().reusedSteps()).isZero();
            assertThat(plain.report().steps()).allMatch(s -> s.cacheFigure().isEmpty());
            assertThat(none.report().reusedSteps()).isZero();
            assertThat(TinyRun.hash(none)).isEqualTo(TinyRun.hash(plain));
        }
    }

    @Test
    void nothingIsReusedAcrossExperts() {
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = open("wan22-t2v-tiny", backend);
                Result easy = run(pipeline, request(pipeline, FAR));
                Result even =
                        run(
                                pipeline,
                                request(
                                        pipeline,
                                        FAR.toBuilder().kind(Kind.EVEN).threshold(0.9).build()))) {
            int second = begin(easy.report());
            assertThat(second).isBetween(4, STEPS - 3);
            // Two computed steps tell a rate, so an expert skips from its third step on.
            assertThat(reused(easy.report()))
                    .isNotEmpty()
                    .doesNotContain(second, second + 1)
                    .anyMatch(step -> step > second);
            assertThat(reused(even.report()))
                    .doesNotContain(second)
                    .contains(second + 1)
                    .contains(second - 1);
        }
    }

    /** The first step whose model is told less than the boundary. */
    private static int begin(Report report) {
        double boundary = 0.875 * 1000;
        return (int) report.steps().stream().filter(s -> s.timestep() >= boundary).count();
    }

    @ParameterizedTest
    @CsvSource({
        COGVIDEOX + ", 1, EASY",
        COGVIDEOX + ", 3, EASY",
        "wan22-t2v-tiny, 3, EASY",
        "hunyuanvideo-tiny, 1, FBC",
        "wan22-t2v-tiny, 3, FBC"
    })
    void streamedLayersAndSessionsGiveTheSameBits(String folder, double guidance, Kind kind) {
        CacheSettings cache =
                kind == Kind.EASY ? FAR : FAR.toBuilder().kind(kind).threshold(10).build();
        List<Long> hashes = new ArrayList<>();
        List<Integer> reused = new ArrayList<>();
        for (boolean streamed : new boolean[] {false, true}) {
            try (Backend backend = new FarBackend(Long.MAX_VALUE);
                    VideoPipeline pipeline = open(folder, backend)) {
                Request request = request(pipeline, cache).toBuilder().guidance(guidance).build();
                Plan free = pipeline.plan(request, Long.MAX_VALUE);
                Plan plan = streamed ? TinyRun.streamed(free) : free;
                try (Result result = pipeline.generate(request, plan, StepListener.SILENT)) {
                    hashes.add(TinyRun.hash(result));
                    reused.add(result.report().reusedSteps());
                    assertThat(result.report().peakBytes()).isEqualTo(plan.peakBytes());
                }
            }
        }
        try (Backend backend = new FarBackend(Long.MAX_VALUE);
                VideoPipeline pipeline = Pipelines.openSession(Goldens.folder(folder), backend)) {
            Request request = request(pipeline, cache).toBuilder().guidance(guidance).build();
            for (int i = 0; i < 2; i++) {
                try (Result result = run(pipeline, request)) {
                    hashes.add(TinyRun.hash(result));
                }
            }
        }
        assertThat(Set.copyOf(hashes)).hasSize(1);
        assertThat(reused).allMatch(count -> count > 0);
    }

    @Test
    void aPlanOfAnEvenShareIsExactAndOneOfAnErrorIsABound() {
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = open(COGVIDEOX, backend)) {
            CacheSettings half = FAR.toBuilder().kind(Kind.EVEN).threshold(0.5).build();
            Plan none = pipeline.plan(request(pipeline, CacheSettings.NONE), Long.MAX_VALUE);
            Plan even = pipeline.plan(request(pipeline, half), Long.MAX_VALUE);
            Plan easy = pipeline.plan(request(pipeline, FAR), Long.MAX_VALUE);
            assertThat(none.skips()).isEqualTo(new Plan.Skips(0, 0));
            assertThat(even.skips()).isEqualTo(new Plan.Skips(6, 6));
            assertThat(easy.skips()).isEqualTo(new Plan.Skips(0, 6));
            // The computed steps that are sparse look at heads too, which the dense ones do not.
            assertThat(products(even)).isCloseTo(products(none) / 2, withinPercentage(2));
            assertThat(products(easy)).isEqualTo(products(none));
            try (Result result =
                    pipeline.generate(request(pipeline, half), even, StepListener.SILENT)) {
                assertThat(result.report().reusedSteps()).isEqualTo(6);
            }
        }
    }

    private static double products(Plan plan) {
        double sum = 0;
        for (Work.Call call : plan.stage(Stage.DENOISE).need().work().calls()) {
            sum += call.op().operations() * call.count();
        }
        return sum;
    }

    @Test
    void decidingTakesOneMoreFetchAStep() {
        try (FarBackend backend = new FarBackend(Long.MAX_VALUE);
                VideoPipeline pipeline = open(COGVIDEOX, backend)) {
            List<Integer> at = new ArrayList<>();
            StepListener listener =
                    new StepListener() {
                        @Override
                        public void progress(Stage stage, int done, int total) {
                            if (stage.kind() == Stage.Kind.DENOISE) {
                                at.add(backend.roundTrips());
                            }
                        }
                    };
            pipeline.generate(request(pipeline, FAR), listener).close();
            for (int i = 2; i < at.size(); i++) {
                assertThat(at.get(i) - at.get(i - 1)).isLessThanOrEqualTo(5);
            }
        }
    }

    @Test
    void theRecipeSaysWhichThresholdTheModelRecommended() {
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = open("hunyuanvideo-tiny", backend);
                Result result = run(pipeline, request(pipeline, CacheSettings.of(Kind.EASY)))) {
            Recipe recipe = result.recipe();
            assertThat(recipe.fields())
                    .containsEntry("cache", "easy")
                    .containsEntry("cache_threshold", 0.025)
                    .containsEntry("cache_warm_up", "0.1")
                    .containsEntry("cache_in_a_row", 3);
            try (Result again = run(pipeline, recipe.request())) {
                assertThat(TinyRun.hash(again)).isEqualTo(TinyRun.hash(result));
            }
        }
    }

    @Test
    void runsThatCanSkipNothingOrLessSaySo() {
        List<String> notes = new ArrayList<>();
        StepListener listener =
                new StepListener() {
                    @Override
                    public void note(String line) {
                        notes.add(line);
                    }
                };
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = open(COGVIDEOX, backend)) {
            Request few = request(pipeline, FAR).toBuilder().steps(4).build();
            pipeline.generate(few, listener).close();
            assertThat(notes)
                    .containsExactly(
                            "no step can be skipped: of 4 steps, the first 3 and the last are"
                                    + " computed");
            notes.clear();
            CacheSettings most = FAR.toBuilder().kind(Kind.EVEN).threshold(0.9).build();
            pipeline.generate(request(pipeline, most), listener).close();
            assertThat(notes)
                    .containsExactly(
                            "6 of 12 steps are skipped, not 11: the first 3 and the last are"
                                    + " computed, and at most 3 in a row are skipped");
        }
    }

    @Test
    void aRunEndsAtASkippedStepTooAndShowsPreviewsOfIt() {
        Tensor[] seen = {null};
        StepListener listener =
                new StepListener() {
                    @Override
                    public boolean wantsPreview(int step, int steps) {
                        return step == 4;
                    }

                    @Override
                    public void preview(int step, Tensor clean) {
                        assertThat(clean.toFloats()).doesNotContain(Float.NaN);
                        seen[0] = clean;
                    }

                    @Override
                    public boolean cancelled() {
                        return seen[0] != null;
                    }
                };
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = open(COGVIDEOX, backend)) {
            assertThatThrownBy(() -> pipeline.generate(request(pipeline, FAR), listener))
                    .isInstanceOf(CancelledException.class);
            assertThat(backend.memory().live()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "EASY, 1.5, 'a number in (0, 1]'",
        "EASY, 0, 'a number in (0, 1]'",
        "EVEN, 0.95, 'a number from 0 to 0.9'"
    })
    void eachKindHasThresholdsOfItsOwn(Kind kind, double threshold, String expected) {
        assertThatThrownBy(() -> CacheSettings.builder().kind(kind).threshold(threshold).build())
                .isInstanceOfSatisfying(
                        BadInputException.class,
                        e -> {
                            assertThat(e.field()).hasValue("cacheThreshold");
                            assertThat(e.expected()).hasValue(expected);
                        });
    }

    @Test
    void aCacheThatTheModelDoesNotHaveIsRefused() {
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = open(COGVIDEOX, backend)) {
            Request request = request(pipeline, CacheSettings.of(Kind.TEA));
            assertThatThrownBy(() -> pipeline.check(request))
                    .isInstanceOf(BadInputException.class)
                    .hasMessage(
                            "cache: expected a cache that this model has (tea has coefficients for"
                                    + " CogVideoX-2b, CogVideoX-5b, CogVideoX1.5-5B,"
                                    + " CogVideoX1.5-5B-I2V, Cosmos-1.0-Diffusion-7B,"
                                    + " HunyuanVideo, HunyuanVideo-1.5-720p-T2V,"
                                    + " HunyuanVideo-1.5-720p-I2V, Wan2.1-T2V-1.3B,"
                                    + " Wan2.1-T2V-14B, Wan2.1-I2V-14B-480P, Wan2.1-I2V-14B-720P,"
                                    + " Wan2.2-TI2V-5B), found tea");
        }
    }

    @Test
    void theFirstBlockIsRunAtASkippedStep() {
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = open(COGVIDEOX, backend);
                Result result =
                        run(
                                pipeline,
                                request(
                                        pipeline,
                                        FAR.toBuilder().kind(Kind.FBC).threshold(10).build()))) {
            assertThat(reused(result.report())).isNotEmpty();
            for (Report.Step step : result.report().steps()) {
                if (step.reused()) {
                    assertThat(step.heads().getFirst()).isNotEmpty();
                    assertThat(step.heads().getLast()).isEmpty();
                }
            }
        }
    }

    @Test
    void bfloat16LatentsAreReusedToo() {
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = open(COGVIDEOX, backend)) {
            Request half = request(pipeline, FAR).toBuilder().dtype(DType.BF16).build();
            try (Result result = run(pipeline, half)) {
                assertThat(result.report().reusedSteps()).isPositive();
            }
        }
    }
}
