package org.svgen.models.wan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.models.ModelCopy;
import org.svgen.models.RecordedFamily;
import org.svgen.pipeline.Report;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.run.ModelPipeline;
import org.svgen.tensor.DType;
import org.svgen.tensor.device.Backend;
import org.svgen.testkit.Errors;
import org.svgen.testkit.GoldenTensor;
import org.svgen.testkit.Goldens;
import org.svgen.testkit.TestDevice;
import tools.jackson.databind.JsonNode;

/** The whole way from prompt, seed and pictures to latents and frames, against diffusers. */
class WanPipelineGoldenTest {
    @TempDir Path folder;

    static Stream<GoldenRun> runs() {
        return Stream.of(
                new GoldenRun("wan-t2v-tiny", "pipeline"),
                new GoldenRun("wan-t2v-tiny", "pipeline_euler"),
                new GoldenRun("wan-t2v-tiny", "pipeline_no_guidance"),
                new GoldenRun("wan-i2v-tiny", "pipeline"),
                new GoldenRun("wan-flf2v-tiny", "pipeline"),
                new GoldenRun("wan22-t2v-tiny", "pipeline"),
                new GoldenRun("wan22-i2v-tiny", "pipeline"),
                new GoldenRun("wan22-i2v-tiny", "pipeline_last"),
                new GoldenRun("wan22-ti2v-tiny", "pipeline"),
                new GoldenRun("wan22-ti2v-tiny", "pipeline_i2v"));
    }

    @ParameterizedTest
    @MethodSource("runs")
    void everyStepGivesTheLatentsOfDiffusersAndTheLastItsFrames(GoldenRun run) throws IOException {
        requireGolden(run, DType.F32, 1e-3);
    }

    @ParameterizedTest
    @MethodSource("runs")
    void bfloat16GivesNearlyTheSame(GoldenRun run) throws IOException {
        requireGolden(run, DType.BF16, 3e-2);
    }

    private void requireGolden(GoldenRun run, DType activation, double tolerance)
            throws IOException {
        RecordedFamily family = new RecordedFamily(new WanFamily());
        try (Backend backend = TestDevice.open()) {
            try (VideoPipeline pipeline =
                            ModelPipeline.open(
                                    family,
                                    Checkpoint.open(model(run)),
                                    backend,
                                    activation,
                                    false);
                    Result result = pipeline.generate(run.request(), StepListener.SILENT)) {
                List<float[]> expected = run.latents();
                assertThat(family.latents()).hasSameSizeAs(expected);
                for (int i = 0; i < expected.size(); i++) {
                    assertThat(Errors.relative(family.latents().get(i), expected.get(i)))
                            .as("latents behind step %d", i)
                            .isLessThan(tolerance);
                }
                GoldenTensor latents = run.finalLatents();
                assertThat(result.latents().shape()).isEqualTo(latents.shape());
                assertThat(Errors.relative(result.latents().toFloats(), latents.floats()))
                        .as("final latents")
                        .isLessThan(tolerance);
                float[] video = run.video();
                if (video != null) {
                    assertThat(Errors.relative(result.clip().frames().toFloats(), video))
                            .as("frames")
                            .isLessThan(tolerance);
                }
                requireExperts(run, result.report());
            }
            assertThat(backend.memory().live()).as("bytes left behind").isZero();
        }
    }

    /** Both experts took the steps that they took in diffusers, each loaded once. */
    private static void requireExperts(GoldenRun run, Report report) {
        JsonNode high = run.settings().get("high_noise_steps");
        List<String> stages =
                report.stageSeconds().keySet().stream()
                        .map(Object::toString)
                        .filter(stage -> stage.startsWith("denoise"))
                        .toList();
        if (high == null) {
            assertThat(stages).containsExactly("denoise");
            return;
        }
        assertThat(stages).containsExactly("denoise high noise", "denoise low noise");
        assertThat(report.steps().stream().filter(step -> step.timestep() >= boundary(run)))
                .hasSize(high.asInt());
    }

    private static double boundary(GoldenRun run) {
        return 1000
                * Goldens.json(run.model(), "model_index.json").get("boundary_ratio").asDouble();
    }

    /** The golden's folder, or a copy with the scheduler of the run. */
    private Path model(GoldenRun run) throws IOException {
        JsonNode scheduler = run.settings().get("scheduler_config");
        if (scheduler == null) {
            return Goldens.folder(run.model());
        }
        ModelCopy.to(folder, run.model());
        Files.writeString(folder.resolve("scheduler/scheduler_config.json"), scheduler.toString());
        ModelCopy.replace(
                folder.resolve("model_index.json"),
                "UniPCMultistepScheduler",
                scheduler.get("_class_name").asString());
        return folder;
    }
}
