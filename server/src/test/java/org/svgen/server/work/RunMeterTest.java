package org.svgen.server.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.pipeline.Stage;

class RunMeterTest {
    private static final long SECOND = 1_000_000_000;

    @TempDir Path folder;

    private static Map<Stage, Span> stages() {
        Map<Stage, Span> stages = new LinkedHashMap<>();
        stages.put(Stage.TEXT, new Span(10, 5, 20));
        stages.put(Stage.DENOISE, new Span(80, 40, 160));
        stages.put(Stage.DECODE, new Span(10, 5, 20));
        return stages;
    }

    @Test
    void stagesCountByWhatTheyAreExpectedToTake() {
        RunMeter meter = new RunMeter(stages(), 40, 0);
        meter.progress(Stage.TEXT, 0, 1, 0);
        assertThat(meter.now(0).progress()).isZero();
        meter.progress(Stage.TEXT, 1, 1, SECOND);
        meter.progress(Stage.DENOISE, 0, 40, SECOND);
        assertThat(meter.now(SECOND).progress()).isCloseTo(10 / 102.0, within(1e-9));
        meter.progress(Stage.DENOISE, 20, 40, 61 * SECOND);
        meter.step(20, 0.3);
        Progress half = meter.now(61 * SECOND);
        assertThat(half.progress()).isCloseTo(50 / 102.0, within(1e-9));
        // 60 more seconds at the pace of the first 20 steps, then decoder and file.
        assertThat(half.etaSeconds().orElseThrow()).isCloseTo(72, within(1e-9));
        assertThat(half.density()).hasValue(0.3);
        assertThat(half.step()).isEqualTo(20);
    }

    @Test
    void aRunThatGoesOnInMidStageIsTimedFromThere() {
        RunMeter meter = new RunMeter(stages(), 40, 30);
        meter.progress(Stage.TEXT, 1, 1, 0);
        meter.progress(Stage.DENOISE, 30, 40, 0);
        meter.progress(Stage.DENOISE, 32, 40, 2 * SECOND);
        Progress now = meter.now(2 * SECOND);
        assertThat(now.etaSeconds().orElseThrow()).isCloseTo(8 + 12, within(1e-9));
        assertThat(now.step()).isEqualTo(30);
    }

    @Test
    void whatWasMeasuredIsKeptAndBoundsWhatComes() {
        Path file = folder.resolve("pace.json");
        Pace pace = new Pace(file);
        assertThat(pace.span("x", 10)).isEmpty();
        pace.measured("x", 10, 5);
        assertThat(pace.span("x", 100)).hasValue(new Span(50, 37.5, 70));
        pace.measured("x", 10, 10);
        pace.measured("x", 10, 6);
        pace.keep();
        Span span = new Pace(file).span("x", 10).orElseThrow();
        assertThat(span.likely()).isCloseTo(6, within(1e-9));
        assertThat(span.low()).isCloseTo(4.5, within(1e-9));
        assertThat(span.high()).isCloseTo(11, within(1e-9));
    }
}
