package org.svgen.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.svgen.pipeline.Amount;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.AttentionSettings.Budget;
import org.svgen.pipeline.AttentionSettings.Mode;
import org.svgen.pipeline.CacheSettings;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Report;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.device.Backend;
import org.svgen.testkit.FarBackend;
import org.svgen.testkit.Goldens;

/** Whole runs whose density is spent by a budget. */
class BudgetRunTest {
    /** Whose attention has no text, so that small videos have room for widths; two experts. */
    private static final String WAN = "wan22-t2v-tiny";

    private static final int STEPS = 7;
    private final Backend backend = new FarBackend(Long.MAX_VALUE);

    @AfterEach
    void close() {
        backend.close();
    }

    private static AttentionSettings svg(Budget budget, double density) {
        return AttentionSettings.builder()
                .budget(budget)
                .density(density)
                .denseSteps(new Amount.Count(2))
                .denseLayers(new Amount.Count(0))
                .sampledRows(16)
                .build();
    }

    private static Request request(
            VideoPipeline pipeline, AttentionSettings attention, double guidance) {
        return Request.builder(pipeline.defaults())
                .prompt("a panda plays guitar")
                .size(64, 48)
                .frames(9)
                .steps(STEPS)
                .guidance(guidance)
                .attention(attention)
                .build();
    }

    private VideoPipeline open(String folder) {
        return Pipelines.open(Goldens.folder(folder), backend);
    }

    private static Result run(VideoPipeline pipeline, Request request) {
        return pipeline.generate(request, StepListener.SILENT);
    }

    @ParameterizedTest
    @CsvSource({
        WAN + ", MOVING, 0.5, 3",
        WAN + ", HEADS, 0.5, 1",
        "cogvideox-t2v-tiny, MOVING, 0.995, 3"
    })
    void streamedLayersAndSessionsGiveTheSameBits(
            String folder, Budget budget, double density, double guidance) {
        List<Long> hashes = new ArrayList<>();
        try (VideoPipeline pipeline = open(folder)) {
            Request request = request(pipeline, svg(budget, density), guidance);
            Plan free = pipeline.plan(request, Long.MAX_VALUE);
            for (Plan plan : List.of(free, TinyRun.streamed(free))) {
                try (Result result = pipeline.generate(request, plan, StepListener.SILENT)) {
                    hashes.add(TinyRun.hash(result));
                    assertThat(result.report().peakBytes()).isLessThanOrEqualTo(plan.peakBytes());
                    assertThat(result.report().sparseDensity().orElseThrow())
                            .isCloseTo(density, within(0.08));
                }
            }
        }
        try (VideoPipeline session = Pipelines.openSession(Goldens.folder(folder), backend)) {
            Request request = request(session, svg(budget, density), guidance);
            for (int i = 0; i < 2; i++) {
                try (Result result = run(session, request)) {
                    hashes.add(TinyRun.hash(result));
                }
            }
        }
        assertThat(hashes).hasSize(4);
        assertThat(Set.copyOf(hashes)).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = Budget.class,
            names = {"HEADS", "SNR", "MOVING"})
    void theReportHasWidthsAndAReceipt(Budget budget) {
        try (VideoPipeline pipeline = open(WAN);
                Result result =
                        run(
                                pipeline,
                                request(
                                        pipeline,
                                        svg(budget, 0.5).toBuilder().auditRows(24).build(),
                                        3))) {
            Report report = result.report();
            ReportedHeads.requireConsistent(report, 2, 2);
            assertThat(report.widths()).hasSizeGreaterThan(1).isSorted();
            double error = report.receipt().error().orElseThrow();
            assertThat(error).isPositive();
            assertThat(report.receipt().audit().orElseThrow()).isPositive();
            assertThat(report.receipt().layers()).hasSameSizeAs(report.layers());
            assertThat(
                            report.receipt().layers().stream()
                                    .mapToDouble(e -> e * e)
                                    .average()
                                    .orElseThrow())
                    .isCloseTo(error * error, within(1e-9));
            Set<String> seen = new TreeSet<>();
            for (Report.Step step : report.steps()) {
                boolean sparse = step.index() >= 2;
                assertThat(step.error().isPresent()).isEqualTo(sparse);
                assertThat(step.density() < 1).isEqualTo(sparse);
                for (int layer = 0; layer < report.layers().size(); layer++) {
                    String widths = step.widths().get(layer);
                    String heads = step.heads().get(layer);
                    assertThat(widths).hasSameSizeAs(heads);
                    for (int i = 0; i < heads.length(); i++) {
                        char width = widths.charAt(i);
                        assertThat(width == '-').isEqualTo(heads.charAt(i) == 'd');
                        assertThat(width == ' ').isEqualTo(heads.charAt(i) == ' ');
                        seen.add(String.valueOf(width));
                    }
                }
            }
            seen.removeAll(Set.of(" ", "-"));
            assertThat(seen)
                    .hasSizeGreaterThan(1)
                    .allMatch(w -> Character.digit(w.charAt(0), 36) < report.widths().size());
        }
    }

    @Test
    void aSmallLimitMakesTheRunDenseAndALargeOneChangesNothing() {
        try (VideoPipeline pipeline = open(WAN)) {
            AttentionSettings moving = svg(Budget.MOVING, 0.5);
            AttentionSettings dense = moving.toBuilder().mode(Mode.DENSE).build();
            assertThat(hash(pipeline, limited(moving, 1e-9))).isEqualTo(hash(pipeline, dense));
            long free = hash(pipeline, moving);
            assertThat(free).isNotEqualTo(hash(pipeline, dense));
            assertThat(hash(pipeline, limited(moving, 1e3))).isEqualTo(free);
            assertThat(hash(pipeline, svg(Budget.FIXED, 0.5))).isNotEqualTo(free);
        }
    }

    private static AttentionSettings limited(AttentionSettings settings, double maxError) {
        return settings.toBuilder().maxError(maxError).build();
    }

    private static long hash(VideoPipeline pipeline, AttentionSettings attention) {
        try (Result result = run(pipeline, request(pipeline, attention, 3))) {
            return TinyRun.hash(result);
        }
    }

    @Test
    void aLimitStopsACacheAndSkippedStepsCount() {
        CacheSettings far =
                CacheSettings.builder().kind(CacheSettings.Kind.EASY).threshold(1).build();
        try (VideoPipeline pipeline = open("hunyuanvideo-tiny")) {
            Request free =
                    request(pipeline, svg(Budget.MOVING, 0.7), 1).toBuilder().cache(far).build();
            Request limited = free.toBuilder().attention(limited(free.attention(), 1e-6)).build();
            try (Result some = run(pipeline, free);
                    Result none = run(pipeline, limited)) {
                assertThat(some.report().reusedSteps()).isPositive();
                assertThat(none.report().reusedSteps()).isZero();
                assertThat(none.report().receipt().error().orElseThrow()).isLessThan(1e-6);
                for (Report.Step step : some.report().steps()) {
                    if (step.reused()) {
                        assertThat(step.error().orElseThrow())
                                .isCloseTo(step.cacheFigure().orElseThrow(), within(1e-12));
                    }
                }
            }
        }
    }

    /** Steps are skipped before two were computed, so that nobody knows by how much they miss. */
    @Test
    void whatIsNotKnownOfSkippedStepsIsNoNumberOfTheReceipt() {
        CacheSettings even =
                CacheSettings.builder()
                        .kind(CacheSettings.Kind.EVEN)
                        .threshold(0.8)
                        .warmUp(new Amount.Count(1))
                        .build();
        try (VideoPipeline pipeline = open("hunyuanvideo-tiny")) {
            AttentionSettings early =
                    limited(svg(Budget.MOVING, 0.7), 100).toBuilder()
                            .denseSteps(new Amount.Count(1))
                            .build();
            Request request = request(pipeline, early, 1).toBuilder().cache(even).build();
            try (Result result = run(pipeline, request)) {
                assertThat(result.report().steps().get(1).reused()).isTrue();
                assertThat(result.report().receipt().error().orElseThrow()).isFinite();
                assertThat(result.report().steps())
                        .allMatch(s -> s.error().isEmpty() || s.error().getAsDouble() >= 0);
            }
        }
    }
}
