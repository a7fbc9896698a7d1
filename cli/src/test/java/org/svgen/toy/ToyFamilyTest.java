package org.svgen.toy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.checkpoint.SafeTensorsWriter;
import org.svgen.cli.ToyCommand;
import org.svgen.media.VideoReader;
import org.svgen.models.Pipelines;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Recipe;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StagePlan;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;
import org.svgen.testkit.FarBackend;

/**
 * A family that no other file knows goes through every door: what is in this package and one line
 * in {@code META-INF/services} is all that a family is.
 */
class ToyFamilyTest {
    private static final Stage HIGH = new Stage(Stage.Kind.DENOISE, "high noise");
    private static final Stage LOW = new Stage(Stage.Kind.DENOISE, "low noise");
    private static final int LAYERS = 6;

    @TempDir Path folder;
    private Path model;

    @BeforeEach
    void writeModel() throws IOException {
        model = folder.resolve("toy");
        component("scheduler", "scheduler_config.json", "FlowMatchEulerDiscreteScheduler", "");
        Files.writeString(
                model.resolve("model_index.json"),
                """
                {"_class_name": "ToyPipeline", "boundary_ratio": 0.6,
                 "scheduler": ["diffusers", "FlowMatchEulerDiscreteScheduler"],
                 "transformer": ["diffusers", "ToyTransformer"],
                 "transformer_2": ["diffusers", "ToyTransformer"],
                 "vae": ["diffusers", "ToyAutoencoder"]}
                """);
        transformer("transformer", 1);
        transformer("transformer_2", 2);
        component("vae", "config.json", "ToyAutoencoder", "");
        Weights vae = new Weights(3);
        vae.linear("colour", 4, 3);
        vae.write(model.resolve("vae"));
    }

    private void component(String name, String file, String className, String more)
            throws IOException {
        Path config = model.resolve(name).resolve(file);
        Files.createDirectories(config.getParent());
        Files.writeString(config, "{\"_class_name\": \"%s\"%s}".formatted(className, more));
    }

    private void transformer(String name, int seed) throws IOException {
        component(name, "config.json", "ToyTransformer", ", \"num_layers\": " + LAYERS);
        Weights w = new Weights(seed);
        w.linear("in", 4, ToyNetwork.WIDTH);
        w.linear("out", ToyNetwork.WIDTH, 4);
        for (int i = 0; i < LAYERS; i++) {
            w.linear("blocks." + i + ".heads", ToyNetwork.WIDTH, ToyNetwork.WIDTH);
        }
        w.write(model.resolve(name));
    }

    /** Random ones. */
    private static final class Weights {
        private final Map<String, Tensor> tensors = new HashMap<>();
        private final Random random;

        Weights(int seed) {
            random = new Random(seed);
        }

        void linear(String name, int in, int out) {
            tensors.put(name + ".weight", tensor(out, in));
            tensors.put(name + ".bias", tensor(out));
        }

        private Tensor tensor(long... dims) {
            float[] values = new float[(int) Shape.of(dims).elements()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextGaussian() / 4;
            }
            return Tensor.of(Arena.ofAuto(), values, dims);
        }

        void write(Path component) {
            SafeTensorsWriter.write(
                    component.resolve("diffusion_pytorch_model.safetensors"), tensors, Map.of());
        }
    }

    private static Request request(VideoPipeline pipeline) {
        float[] grey = new float[8 * 8 * 3];
        Arrays.fill(grey, 0.25f);
        return Request.builder(pipeline.defaults())
                .prompt("a toy")
                .image(Tensor.of(Arena.ofAuto(), grey, 8, 8, 3))
                .steps(5)
                .build();
    }

    private static float[] latents(VideoPipeline pipeline, Request request, long limit) {
        Plan plan = pipeline.plan(request, limit);
        try (Result result = pipeline.generate(request, plan, StepListener.SILENT)) {
            return result.latents().toFloats();
        }
    }

    @Test
    void theCheckNamesTheNearestSizeAndTheMissingPicture() {
        try (FarBackend far = new FarBackend(1L << 30);
                VideoPipeline pipeline = Pipelines.open(model, far)) {
            Request request = request(pipeline);
            assertThat(pipeline.defaults().video().width()).isEqualTo(64);
            assertThatThrownBy(() -> pipeline.check(request.toBuilder().size(60, 48).build()))
                    .isInstanceOf(BadInputException.class)
                    .hasMessageContaining("the nearest are 56 and 64");
            assertThatThrownBy(() -> pipeline.check(request.toBuilder().image(null).build()))
                    .isInstanceOf(BadInputException.class)
                    .hasMessageContaining("image is missing");
        }
    }

    @Test
    void thePlanHasAStageForEachExpertAndTheReportItsTime() {
        try (FarBackend far = new FarBackend(1L << 30);
                VideoPipeline pipeline = Pipelines.open(model, far)) {
            Request request = request(pipeline);
            Plan plan = pipeline.plan(request, Long.MAX_VALUE);
            assertThat(plan.stages().stream().map(StagePlan::stage))
                    .containsExactly(HIGH, LOW, Stage.DECODE);
            try (Result result = pipeline.generate(request, plan, StepListener.SILENT)) {
                assertThat(result.report().stageSeconds())
                        .containsOnlyKeys(HIGH, LOW, Stage.DECODE);
                assertThat(result.report().steps()).hasSize(5);
                assertThat(far.memory().live()).isZero();
                assertThat(far.memory().peak()).isEqualTo(plan.peakBytes());
            }
        }
    }

    @Test
    void anExpertWithoutAStepIsNotLoaded() {
        try (FarBackend far = new FarBackend(1L << 30);
                VideoPipeline pipeline = Pipelines.open(model, far)) {
            Request request = request(pipeline).toBuilder().steps(1).build();
            Plan plan = pipeline.plan(request, Long.MAX_VALUE);
            assertThat(plan.stages().stream().map(StagePlan::stage))
                    .containsExactly(HIGH, Stage.DECODE);
            assertThat(latents(pipeline, request, Long.MAX_VALUE)).isNotEmpty();
        }
    }

    @Test
    void whatHoldsForBothExpertsIsSaidOnce() {
        try (FarBackend far = new FarBackend(1L << 30);
                VideoPipeline pipeline = Pipelines.open(model, far)) {
            Request request = request(pipeline).toBuilder().frames(1).build();
            List<String> notes = new ArrayList<>();
            StepListener listener =
                    new StepListener() {
                        @Override
                        public void note(String text) {
                            notes.add(text);
                        }
                    };
            Plan plan = pipeline.plan(request, Long.MAX_VALUE);
            pipeline.generate(request, plan, listener).close();
            assertThat(notes).filteredOn(note -> note.contains("one latent frame")).hasSize(1);
        }
    }

    /** What the first expert hands on is what the second begins with, to the bit. */
    @Test
    void layersStreamedUnderAMemoryLimitGiveTheSameLatents() {
        try (FarBackend far = new FarBackend(1L << 30);
                VideoPipeline pipeline = Pipelines.open(model, far)) {
            Request request = request(pipeline).toBuilder().size(16, 16).frames(1).build();
            float[] free = latents(pipeline, request, Long.MAX_VALUE);
            StagePlan high = pipeline.plan(request, Long.MAX_VALUE).stage(HIGH);
            long limit = high.bytes() - high.need().layers().getFirst().bytes();
            assertThat(pipeline.plan(request, limit).stage(HIGH).stream().count()).isPositive();
            assertThat(latents(pipeline, request, limit)).isEqualTo(free);
        }
    }

    @Test
    void bothExpertsAndTheirGuidanceShowInTheLatents() throws IOException {
        try (FarBackend far = new FarBackend(1L << 30)) {
            float[] both;
            float[] guided;
            try (VideoPipeline pipeline = Pipelines.open(model, far)) {
                Request request = request(pipeline);
                both = latents(pipeline, request, Long.MAX_VALUE);
                guided = latents(pipeline, request.toBuilder().guidance(3).build(), Long.MAX_VALUE);
            }
            assertThat(guided).isNotEqualTo(both);
            for (String expert : List.of("transformer", "transformer_2")) {
                transformer(expert, 9);
                try (VideoPipeline pipeline = Pipelines.open(model, far)) {
                    assertThat(latents(pipeline, request(pipeline), Long.MAX_VALUE))
                            .as(expert)
                            .isNotEqualTo(both);
                }
                transformer(expert, expert.equals("transformer") ? 1 : 2);
            }
        }
    }

    @Test
    void itsOwnSettingIsRefusedByItsNameAtEachDoorAndHasItsEffect() throws IOException {
        assertThatThrownBy(() -> latentsWith(20)).hasMessageContaining("toyPicture: expected");
        assertThat(latentsWith(3)).isNotEqualTo(latentsWith(1));
        ToyCommand generate =
                ToyCommand.run(
                        "generate", "a toy", "--model", model.toString(), "--toy-picture=20");
        assertThat(generate.code()).isEqualTo(2);
        assertThat(generate.err()).contains("--toy-picture: expected");
        Files.writeString(model.resolve("svgen.json"), "{\"toy_picture\": 3}");
        float[] recommended = latentsWith(3);
        try (FarBackend far = new FarBackend(1L << 30);
                VideoPipeline pipeline = Pipelines.open(model, far)) {
            assertThat(latents(pipeline, request(pipeline), Long.MAX_VALUE)).isEqualTo(recommended);
        }
        Files.writeString(model.resolve("svgen.json"), "{\"toy_picture\": 20}");
        assertThatThrownBy(() -> latentsWith(1))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("toy_picture");
    }

    private float[] latentsWith(double pictureWeight) {
        try (FarBackend far = new FarBackend(1L << 30);
                VideoPipeline pipeline = Pipelines.open(model, far)) {
            Request request =
                    request(pipeline).toBuilder().set(ToyFamily.PICTURE, pictureWeight).build();
            return latents(pipeline, request, Long.MAX_VALUE);
        }
    }

    @Test
    void aSessionKeepsBothExperts() {
        try (FarBackend far = new FarBackend(1L << 30);
                VideoPipeline session = Pipelines.openSession(model, far)) {
            float[] first = latents(session, request(session), Long.MAX_VALUE);
            int uploads = far.uploads();
            assertThat(latents(session, request(session), Long.MAX_VALUE)).isEqualTo(first);
            assertThat(far.uploads()).isEqualTo(uploads);
        }
    }

    @Test
    void theCommandMakesAVideoWhoseRecipeNamesTheModel() throws IOException {
        Path image = folder.resolve("image.png");
        ImageIO.write(new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB), "png", image.toFile());
        Path video = folder.resolve("toy.mp4");
        ToyCommand generate =
                ToyCommand.run(
                        "generate",
                        "a toy",
                        "--toy-picture",
                        "2",
                        "--model",
                        model.toString(),
                        "--image",
                        image.toString(),
                        "--device",
                        "cpu",
                        "--output",
                        video.toString());
        assertThat(generate.code()).as(generate.err()).isZero();
        assertThat(generate.err()).contains("denoise high noise").contains("denoise low noise");
        Recipe recipe = VideoReader.recipe(video).orElseThrow();
        assertThat(recipe.model()).isEqualTo("ToyPipeline toy");
        assertThat(recipe.request().settings().get(ToyFamily.PICTURE)).isEqualTo(2);
        ToyCommand info = ToyCommand.run("info", model.toString());
        assertThat(info.code()).as(info.err()).isZero();
        assertThat(info.out()).contains("ToyPipeline").contains("transformer_2").contains("6");
        ToyCommand plan =
                ToyCommand.run(
                        "plan",
                        "a toy",
                        "--model",
                        model.toString(),
                        "--image",
                        image.toString(),
                        "--device",
                        "cpu");
        assertThat(plan.code()).as(plan.err()).isZero();
        assertThat(plan.out()).contains("denoise low noise");
    }
}
