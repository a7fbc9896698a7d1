package org.svgen.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.pipeline.Report;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.Tensor;
import org.svgen.testkit.FarBackend;
import org.svgen.testkit.Goldens;

/** The estimate of the clean latents that a listener may ask for at a step. */
class PreviewTest {
    private static final class Asking implements StepListener {
        private final Map<Integer, float[]> seen = new TreeMap<>();

        @Override
        public boolean wantsPreview(int step, int steps) {
            return step != 1;
        }

        @Override
        public void preview(int step, Tensor clean) {
            seen.put(step, clean.toFloats());
        }
    }

    private static Request request(VideoPipeline pipeline) {
        return TinyRun.request(pipeline, 3).toBuilder().steps(4).build();
    }

    /** Behind the last step no noise is left, so its estimate is the result. */
    @ParameterizedTest
    @ValueSource(strings = {"cogvideox-t2v-tiny", "hunyuanvideo-tiny", "wan22-t2v-tiny"})
    void theLastEstimateIsTheResult(String model) {
        try (FarBackend far = new FarBackend(1L << 40);
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(model), far)) {
            Asking asking = new Asking();
            try (Result result = pipeline.generate(request(pipeline), asking)) {
                assertThat(asking.seen.keySet()).containsExactly(0, 2, 3);
                float[] latents = result.latents().toFloats();
                float[] last = asking.seen.get(3);
                for (int i = 0; i < latents.length; i++) {
                    assertThat(last[i]).isCloseTo(latents[i], within(1e-4f));
                }
                assertThat(asking.seen.get(0)).isNotEqualTo(last);
            }
        }
    }

    @Test
    void aPreviewChangesNothingAndWhoDoesNotAskPaysNothing() {
        try (FarBackend far = new FarBackend(1L << 40);
                VideoPipeline pipeline =
                        Pipelines.open(Goldens.folder("cogvideox-t2v-tiny"), far)) {
            int before = far.roundTrips();
            long silent;
            try (Result result = pipeline.generate(request(pipeline), StepListener.SILENT)) {
                silent = TinyRun.hash(result);
            }
            int without = far.roundTrips() - before;
            try (Result result = pipeline.generate(request(pipeline), new Asking())) {
                assertThat(TinyRun.hash(result)).isEqualTo(silent);
            }
            assertThat(far.roundTrips() - before - without).isEqualTo(without + 3 * 2);
        }
    }

    @Test
    void aListenerIsToldOfEachStepWhatTheReportSays() {
        try (FarBackend far = new FarBackend(1L << 40);
                VideoPipeline pipeline =
                        Pipelines.open(Goldens.folder("cogvideox-t2v-tiny"), far)) {
            List<Report.Step> told = new ArrayList<>();
            StepListener listener =
                    new StepListener() {
                        @Override
                        public void step(Report.Step step, int steps) {
                            assertThat(steps).isEqualTo(4);
                            told.add(step);
                        }
                    };
            try (Result result = pipeline.generate(request(pipeline), listener)) {
                assertThat(told).isEqualTo(result.report().steps());
            }
        }
    }
}
