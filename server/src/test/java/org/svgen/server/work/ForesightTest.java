package org.svgen.server.work;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;

class ForesightTest {
    private static final Duration AT_ONCE = Duration.ZERO;

    @TempDir Path folder;

    private final Backend device = Backends.open("cpu", note -> {});
    private final List<String> log = new ArrayList<>();
    private Estimates estimates;
    private ModelShelf shelf;

    @BeforeEach
    void open() throws IOException {
        estimates = new Estimates(new Pace(folder.resolve("pace.json")));
        shelf =
                new ModelShelf(
                        device, List.of(OtherDemo.in(folder.resolve("model"))), Long.MAX_VALUE);
    }

    @AfterEach
    void close() {
        shelf.close();
        device.close();
    }

    private Foresight foresight(Duration least) {
        return new Foresight(estimates, log::add, shelf, device, least);
    }

    /** How many times longer than at least a video may take at most. */
    private double uncertainty(Estimates by, AttentionSettings.Mode mode) {
        VideoPipeline model = shelf.use("demo");
        Request request =
                Blank.request(model).toBuilder().set("attention", mode.toString()).build();
        Plan plan = model.plan(request, Long.MAX_VALUE);
        Span span = Estimates.sum(by.stages("demo", request, plan));
        return span.high() / span.low();
    }

    @Test
    void aDeviceWithNothingToDoLearnsHowLongItsModelsTake() {
        assertThat(uncertainty(estimates, AttentionSettings.Mode.SVG)).isGreaterThan(10);
        foresight(AT_ONCE).idle(() -> false);
        assertThat(uncertainty(estimates, AttentionSettings.Mode.SVG)).isLessThan(3);
        assertThat(uncertainty(estimates, AttentionSettings.Mode.DENSE)).isBetween(3.0, 8.0);
        Estimates nextStart = new Estimates(new Pace(folder.resolve("pace.json")));
        assertThat(uncertainty(nextStart, AttentionSettings.Mode.SVG)).isLessThan(3);
        assertThat(log).isEmpty();
    }

    @Test
    void itMakesWayForAJobAndWaitsUntilNothingIsToBeDone() {
        foresight(AT_ONCE).idle(() -> true);
        foresight(Duration.ofHours(1)).idle(() -> false);
        assertThat(uncertainty(estimates, AttentionSettings.Mode.SVG)).isGreaterThan(10);
    }
}
