package org.svgen.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.pipeline.Amount;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.testkit.FarBackend;
import org.svgen.testkit.Goldens;

/**
 * Within a denoising step the host only hands out work. At its end it fetches three small things:
 * kinds of heads, counts of values that are not finite, by layer and of the sample.
 */
class StepRoundTripTest {
    private static final AttentionSettings SVG =
            AttentionSettings.builder()
                    .mode(AttentionSettings.Mode.SVG)
                    .density(0.999)
                    .denseSteps(new Amount.Count(1))
                    .denseLayers(new Amount.Count(0))
                    .sampledRows(8)
                    .build();

    @ParameterizedTest
    @ValueSource(strings = {"cogvideox-t2v-tiny", "hunyuanvideo-tiny", "wan-t2v-tiny"})
    void theHostFetchesNothingWithinAStep(String folder) {
        try (FarBackend backend = new FarBackend(Long.MAX_VALUE);
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(folder), backend)) {
            var s = Goldens.json(folder, "golden/pipeline.json");
            Request request =
                    Request.builder(pipeline.defaults())
                            .prompt("a panda plays guitar")
                            .size(s.get("width").asInt(), s.get("height").asInt())
                            .frames(s.get("num_frames").asInt())
                            .steps(5)
                            .attention(SVG)
                            .build();
            List<Integer> atStep = new ArrayList<>();
            Plan plan = pipeline.plan(request, Long.MAX_VALUE);
            pipeline.generate(request, plan, listener(backend, atStep)).close();
            List<Integer> each = new ArrayList<>();
            for (int i = 1; i < atStep.size(); i++) {
                each.add(atStep.get(i) - atStep.get(i - 1));
            }
            assertThat(each).hasSizeGreaterThanOrEqualTo(4).allMatch(waits -> waits <= 4);
        }
    }

    private static StepListener listener(FarBackend backend, List<Integer> atStep) {
        return new StepListener() {
            @Override
            public void progress(Stage stage, int done, int total) {
                if (stage.kind() == Stage.Kind.DENOISE) {
                    atStep.add(backend.roundTrips());
                }
            }
        };
    }
}
