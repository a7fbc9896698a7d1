package org.svgen.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.pipeline.CancelledException;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.resume.CheckpointException;
import org.svgen.resume.CheckpointFile;
import org.svgen.resume.Pace;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.testkit.Goldens;

/** A run goes on from no checkpoint but its own. */
class CheckpointRefusalTest {
    private static final String MODEL = "cogvideox-i2v-tiny";

    @TempDir Path folder;

    private Path file() {
        return folder.resolve("checkpoint");
    }

    private static Request request(VideoPipeline pipeline) {
        return TinyRun.request(pipeline, 1).toBuilder().steps(3).build();
    }

    @BeforeEach
    void stopBehindTheFirstStep() {
        CheckpointFile checkpoints = new CheckpointFile(file(), Pace.USUAL, Map.of());
        StepListener listener =
                new StepListener() {
                    @Override
                    public void progress(Stage stage, int done, int total) {
                        if (stage.kind() == Stage.Kind.DENOISE && done == 1) {
                            checkpoints.stop();
                        }
                    }
                };
        try (Backend cpu = Backends.open("cpu", note -> {});
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(MODEL), cpu)) {
            Request request = request(pipeline);
            assertThatThrownBy(() ->
                            pipeline.generate(
                                    request,
                                    pipeline.plan(request, Long.MAX_VALUE),
                                    listener,
                                    checkpoints))
                    .isInstanceOf(CancelledException.class);
        }
    }

    private List<String> reasons(Path model, UnaryOperator<Request> changed) {
        try (Backend cpu = Backends.open("cpu", note -> {});
                VideoPipeline pipeline = Pipelines.open(model, cpu)) {
            Request request = changed.apply(request(pipeline));
            CheckpointException[] found = new CheckpointException[1];
            StepListener computesNothing =
                    new StepListener() {
                        @Override
                        public void progress(Stage stage, int done, int total) {
                            throw new AssertionError(stage + " began");
                        }
                    };
            assertThatThrownBy(() ->
                            pipeline.generate(
                                    request,
                                    pipeline.plan(request, Long.MAX_VALUE),
                                    computesNothing,
                                    new CheckpointFile(file(), Pace.USUAL, Map.of()).goOn()))
                    .isInstanceOfSatisfying(CheckpointException.class, e -> found[0] = e);
            return found[0].reasons();
        }
    }

    @Test
    void ofAnotherRequestIsRefusedFieldByField() {
        Path model = Goldens.folder(MODEL);
        assertThat(reasons(model, r -> r.toBuilder().seed(2).prompt("a cat").build()))
                .containsExactly(
                        "prompt: expected a cat, found a panda plays guitar",
                        "seed: expected 2, found 1");
        assertThat(reasons(model, r -> r.toBuilder().steps(4).build()))
                .containsExactly("steps: expected 4, found 3");
    }

    @Test
    void withAnotherPictureIsRefused() {
        UnaryOperator<Request> cut =
                r -> r.toBuilder().image(Objects.requireNonNull(r.image()).rows(0, 8)).build();
        assertThat(reasons(Goldens.folder(MODEL), cut))
                .singleElement()
                .asString()
                .matches("image: expected [0-9a-f]{64}, found [0-9a-f]{64}");
    }

    @Test
    void ofAnotherModelIsRefused() throws Exception {
        Path other = folder.resolve("model");
        ModelCopy.to(other, MODEL);
        ModelCopy.replace(other.resolve("scheduler/scheduler_config.json"), "0.00085", "0.00086");
        assertThat(reasons(other, r -> r))
                .singleElement()
                .asString()
                .matches(
                        "model: expected CogVideoXImageToVideoPipeline model of hash [0-9a-f]{64}, found"
                                + " CogVideoXImageToVideoPipeline \\S+ of hash [0-9a-f]{64}");
    }
}
