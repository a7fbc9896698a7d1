package org.svgen.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.device.Backend;
import org.svgen.testkit.TestDevice;

/** What a run tells of a model that was read otherwise than its files suggest. */
class ModelNotesTest {
    @TempDir Path folder;

    @Test
    void theIndexesSchedulerMakesTheVideoAndTheListenerHearsOfTheOther() throws IOException {
        ModelCopy.to(folder, "cogvideox-t2v-tiny");
        List<String> notes = new ArrayList<>();
        float[] expected = latents(notes);
        assertThat(notes).isEmpty();
        ModelCopy.replace(
                folder.resolve("scheduler/scheduler_config.json"),
                "CogVideoXDPMScheduler",
                "CogVideoXDDIMScheduler");
        assertThat(latents(notes)).isEqualTo(expected);
        assertThat(notes)
                .containsExactly(
                        "scheduler/scheduler_config.json says CogVideoXDDIMScheduler, model_index.json"
                                + " says CogVideoXDPMScheduler: the index is followed, as in diffusers");
    }

    private float[] latents(List<String> notes) {
        StepListener listener =
                new StepListener() {
                    @Override
                    public void note(String line) {
                        if (line.contains("model_index.json")) {
                            notes.add(line);
                        }
                    }
                };
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = Pipelines.open(folder, backend)) {
            Request request =
                    Request.builder(pipeline.defaults())
                            .prompt("x")
                            .size(64, 48)
                            .frames(9)
                            .steps(3)
                            .build();
            try (Result result = pipeline.generate(request, listener)) {
                return result.latents().toFloats();
            }
        }
    }
}
