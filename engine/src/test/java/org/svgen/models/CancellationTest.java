package org.svgen.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.svgen.pipeline.CancelledException;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.device.Backend;
import org.svgen.testkit.FarBackend;
import org.svgen.testkit.Goldens;
import org.svgen.testkit.TestDevice;

/** A run hears that it shall stop in the midst of each of its stages. */
class CancellationTest {
    /** Asks for the end as soon as a stage has begun. */
    private static final class EndsAt implements StepListener {
        private final Stage stage;
        private final Map<Stage, Integer> done = new HashMap<>();
        private int asked;
        private long since;

        EndsAt(Stage stage) {
            this.stage = stage;
        }

        @Override
        public void progress(Stage heard, int parts, int total) {
            done.put(heard, parts);
            if (heard.equals(stage) && parts == 0) {
                since = System.nanoTime();
            }
        }

        @Override
        public boolean cancelled() {
            // Not at once: within the stage.
            return done.containsKey(stage) && ++asked > 2;
        }
    }

    private static EndsAt cancelled(VideoPipeline pipeline, Request request, Stage stage) {
        EndsAt listener = new EndsAt(stage);
        assertThatThrownBy(() -> pipeline.generate(request, listener))
                .isExactlyInstanceOf(CancelledException.class)
                .hasMessage("stopped, nothing was written");
        return listener;
    }

    @ParameterizedTest
    @CsvSource({
        "cogvideox-i2v-tiny, TEXT",
        "cogvideox-i2v-tiny, IMAGE",
        "cogvideox-i2v-tiny, DENOISE",
        "cogvideox-i2v-tiny, DECODE",
        "hunyuanvideo-tiny, TEXT",
        "hunyuanvideo-tiny, DENOISE",
        "hunyuanvideo-tiny, DECODE",
        "wan-i2v-tiny, IMAGE"
    })
    void noStageComesToTheEndOfItsFirstPart(String model, Stage.Kind kind) {
        Stage stage = new Stage(kind, "");
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(model), backend)) {
            EndsAt listener = cancelled(pipeline, TinyRun.request(pipeline, 1), stage);
            assertThat(listener.done).containsEntry(stage, 0);
            assertThat(backend.memory().live()).isZero();
        }
    }

    /** Weights that come to a device are a part of the stage. */
    @ParameterizedTest
    @CsvSource({"cogvideox-t2v-tiny", "hunyuanvideo-tiny"})
    void weightsOnTheirWayAreLeftBehind(String model) {
        try (FarBackend backend = new FarBackend(Long.MAX_VALUE);
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(model), backend)) {
            Request request = TinyRun.request(pipeline, 1);
            Plan plan = pipeline.plan(request, Long.MAX_VALUE);
            int[] asked = {0};
            StepListener listener =
                    new StepListener() {
                        @Override
                        public boolean cancelled() {
                            return ++asked[0] > 4;
                        }
                    };
            assertThatThrownBy(() -> pipeline.generate(request, plan, listener))
                    .isInstanceOf(CancelledException.class);
            assertThat(backend.memory().live()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TEXT", "DENOISE", "DECODE"})
    void theDemoStopsWithinASecond(Stage.Kind kind) {
        Stage stage = new Stage(kind, "");
        try (Backend backend = TestDevice.open();
                VideoPipeline demo = Pipelines.open(Path.of("../models/demo"), backend)) {
            Request request =
                    Request.builder(demo.defaults())
                            .prompt("a red circle moves right")
                            .steps(2)
                            .build();
            EndsAt listener = cancelled(demo, request, stage);
            assertThat((System.nanoTime() - listener.since) / 1e9).isLessThan(1);
        }
    }
}
