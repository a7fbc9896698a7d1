package org.svgen.models.cogvideox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.SafeTensors;
import org.svgen.checkpoint.SafeTensorsWriter;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.run.Blocks;
import org.svgen.sparse.AttentionStatistics;
import org.svgen.sparse.Dense;
import org.svgen.sparse.VideoGeometry;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Workspace;
import org.svgen.testkit.Errors;
import org.svgen.testkit.Goldens;
import org.svgen.testkit.TestDevice;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * CogVideoX 1.0 and 1.5 store the same arithmetic in different ways: models made from one set of
 * numbers must agree where the layouts mean the same.
 */
class CogVideoXVariantsTest {
    private static final int CHANNELS = 4;
    private static final int FRAMES = 3;
    private static final int HEIGHT = 8; // the golden model's sample size
    private static final int WIDTH = 12;
    private static final int TEXT = 226;

    @TempDir private Path folder;
    private ObjectNode config;

    @BeforeEach
    void readConfig() {
        config =
                (ObjectNode)
                        new ObjectMapper()
                                .readTree(
                                        Goldens.folder("cogvideox-t2v-tiny")
                                                .resolve("transformer/config.json")
                                                .toFile());
    }

    /** Writes a variant of the golden model and runs it on fixed inputs. */
    private float[] run(
            String name,
            Consumer<ObjectNode> configure,
            java.util.function.BiConsumer<Arena, Map<String, Tensor>> change)
            throws IOException {
        ObjectNode json = config.deepCopy();
        configure.accept(json);
        Path model = Files.createDirectories(folder.resolve(name));
        Path component = Files.createDirectories(model.resolve("transformer"));
        Files.writeString(
                model.resolve("model_index.json"),
                """
                {"_class_name": "CogVideoXPipeline",
                 "transformer": ["diffusers", "CogVideoXTransformer3DModel"]}
                """);
        Files.writeString(component.resolve("config.json"), json.toString());
        try (Arena arena = Arena.ofShared();
                Backend backend = TestDevice.open();
                SafeTensors golden =
                        SafeTensors.open(
                                Goldens.folder("cogvideox-t2v-tiny")
                                        .resolve(
                                                "transformer/diffusion_pytorch_model.safetensors.index.json"))) {
            Map<String, Tensor> weights = new LinkedHashMap<>();
            for (String tensor : golden.names()) {
                weights.put(tensor, golden.find(tensor).orElseThrow());
            }
            change.accept(arena, weights);
            SafeTensorsWriter.write(
                    component.resolve("diffusion_pytorch_model.safetensors"), weights, Map.of());
            try (Checkpoint checkpoint = Checkpoint.open(model)) {
                return forward(
                        CogVideoXTransformer.load(
                                checkpoint.config("transformer"),
                                checkpoint.weights(
                                        "transformer", WeightMemory.resident(backend), DType.F32)),
                        arena,
                        backend);
            }
        }
    }

    private static float[] forward(CogVideoXTransformer model, Arena arena, Backend backend) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
        Tensor latents = random(arena, random, 1, FRAMES, CHANNELS, HEIGHT, WIDTH);
        Tensor text = random(arena, random, 1, TEXT, 32);
        Tensor time =
                Tensor.of(arena, model.timeSinusoid(new double[] {500}), 1, model.config().width());
        Tensor out = Tensor.zeros(arena, DType.F32, 1, FRAMES, CHANNELS, HEIGHT, WIDTH);
        Tensor faults = Tensor.zeros(arena, DType.I32, model.config().layers());
        VideoGeometry geometry =
                new VideoGeometry(FRAMES, 24, VideoGeometry.TextPlace.FIRST, TEXT, TEXT);
        try (Workspace ws = new Workspace(backend, 64 << 20)) {
            CogVideoXPositions positions = CogVideoXPositions.of(model, ws, FRAMES, HEIGHT, WIDTH);
            model.forward(
                    ws,
                    latents,
                    text,
                    time,
                    null,
                    positions,
                    new Dense(geometry, new AttentionStatistics(2)),
                    new Blocks(ws.ops(), faults),
                    out);
        }
        return out.toFloats();
    }

    private static Tensor random(Arena arena, RandomGenerator random, long... dims) {
        float[] values = new float[(int) org.svgen.tensor.Shape.of(dims).elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Tensor.of(arena, values, dims);
    }

    /** The golden's weights for patches of one frame: the first frame of its two-frame patches. */
    private static void oneFramePatches(Arena arena, Map<String, Tensor> w, boolean convolution) {
        int width = 128;
        float[] two = w.get("patch_embed.proj.weight").toFloats(); // [width, C, 2, 2, 2]
        float[] one = new float[width * CHANNELS * 4];
        for (int row = 0; row < width * CHANNELS; row++) {
            System.arraycopy(two, row * 8, one, row * 4, 4);
        }
        w.put(
                "patch_embed.proj.weight",
                convolution
                        ? Tensor.of(arena, one, width, CHANNELS, 2, 2)
                        : Tensor.of(arena, one, width, CHANNELS * 4L));
        w.put("proj_out.weight", w.get("proj_out.weight").rows(0, CHANNELS * 4));
        w.put("proj_out.bias", w.get("proj_out.bias").rows(0, CHANNELS * 4));
    }

    private static void version10(ObjectNode json) {
        json.putNull("patch_size_t");
        json.put("patch_bias", true);
        json.put("sample_frames", 9);
    }

    @Test
    void version10StoresItsPatchesAsAConvolutionAndMeansTheSame() throws IOException {
        float[] linear =
                run(
                        "1.5",
                        json -> json.put("patch_size_t", 1),
                        (a, w) -> oneFramePatches(a, w, false));
        float[] convolution =
                run("1.0", CogVideoXVariantsTest::version10, (a, w) -> oneFramePatches(a, w, true));
        assertThat(Errors.relative(convolution, linear)).isLessThan(1e-5);
    }

    @Test
    void positionsAreRotatedAddedOrBoth() throws IOException {
        float[] rotated =
                run("1.0", CogVideoXVariantsTest::version10, (a, w) -> oneFramePatches(a, w, true));
        float[] added =
                run(
                        "2b",
                        json -> {
                            version10(json);
                            json.put("use_rotary_positional_embeddings", false);
                        },
                        (a, w) -> oneFramePatches(a, w, true));
        assertThat(Errors.relative(added, rotated)).isGreaterThan(1e-3);

        CogVideoXConfig c =
                CogVideoXConfig.read(Config.read(folder.resolve("2b/transformer/config.json")));
        float[] sinusoids = new float[(TEXT + FRAMES * 24) * 128];
        float[] table = CogVideoXPositions.sinusoidal(c, FRAMES, 4, 6);
        System.arraycopy(table, 0, sinusoids, TEXT * 128, table.length);
        assertThat(learned("zeros", new float[sinusoids.length])).isEqualTo(rotated);
        assertThat(Errors.relative(learned("sinusoids", sinusoids), rotated)).isGreaterThan(1e-3);
    }

    /** A rotating model that also adds positions it learned, as CogVideoX-5b-I2V does. */
    private float[] learned(String name, float[] table) throws IOException {
        return run(
                name,
                json -> {
                    version10(json);
                    json.put("use_learned_positional_embeddings", true);
                },
                (a, w) -> {
                    oneFramePatches(a, w, true);
                    w.put(
                            "patch_embed.pos_embedding",
                            Tensor.of(a, table, 1, TEXT + FRAMES * 24L, 128));
                });
    }

    /** Values of diffusers' formula, evaluated with numpy. */
    @Test
    void sinusoidsAreThoseOfDiffusers() {
        ObjectNode json = config.deepCopy();
        version10(json);
        Path file = folder.resolve("config.json");
        try {
            Files.writeString(file, json.toString());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        float[] table =
                CogVideoXPositions.sinusoidal(CogVideoXConfig.read(Config.read(file)), 3, 4, 6);
        double[][] expected = {
            {0, 0, 0},
            {0, 127, 1},
            {7, 32, 0.5084065748837063},
            {7, 80, 0.5084065748837063},
            {34, 3, 0.17689218624615005},
            {34, 20, 0.9950041652780258},
            {70, 50, 0.0021333318264226127},
            {71, 127, 0.9999999724232352}
        };
        for (double[] e : expected) {
            assertThat((double) table[(int) e[0] * 128 + (int) e[1]]).isCloseTo(e[2], within(1e-6));
        }
        double sum = 0;
        for (int i = 0; i < table.length; i++) {
            sum += table[i] * (i % 128) * (double) (i / 128);
        }
        assertThat(sum).isCloseTo(12397653.308951914, within(20.0));
    }

    @Test
    void aWeightOfTheWrongShapeIsNamedWithBothShapes() {
        assertThatThrownBy(() -> run("wrong", json -> json.put("patch_size_t", 1), (a, w) -> {}))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("patch_embed.proj.weight")
                .hasMessageContaining("[128, 16]")
                .hasMessageContaining("[128, 32]");
    }

    @Test
    void aMissingWeightIsNamed() {
        assertThatThrownBy(() ->
                        run(
                                "missing",
                                json -> {},
                                (a, w) -> w.remove("transformer_blocks.1.attn1.to_k.bias")))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("transformer_blocks.1.attn1.to_k.bias")
                .hasMessageContaining("missing");
    }
}
