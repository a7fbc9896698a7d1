package org.svgen.models.wan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.ModelSpec;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.models.Adapters;
import org.svgen.models.wan.WanStep.Span;
import org.svgen.nn.TimestepEmbedding;
import org.svgen.run.Blocks;
import org.svgen.sparse.AttentionStatistics;
import org.svgen.sparse.Dense;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.DryRun;
import org.svgen.tensor.device.Workspace;
import org.svgen.testkit.Errors;
import org.svgen.testkit.GoldenTensor;
import org.svgen.testkit.Goldens;
import org.svgen.testkit.TestDevice;

/** The denoiser against diffusers, block by block. */
class WanTransformerGoldenTest {
    private static final double TOLERANCE = 1e-4;
    private static final double ROUNDED = 3e-2;

    @ParameterizedTest
    @CsvSource({
        "wan-t2v-tiny, transformer",
        "wan-i2v-tiny, transformer",
        "wan-flf2v-tiny, transformer",
        "wan22-t2v-tiny, transformer",
        "wan22-t2v-tiny, transformer_2",
        "wan22-i2v-tiny, transformer",
        "wan22-i2v-tiny, transformer_2",
        "wan22-ti2v-tiny, transformer"
    })
    void everyBlockAndTheOutputAreThoseOfDiffusers(String folder, String component) {
        Map<String, GoldenTensor> golden =
                Goldens.tensors(folder, "golden/" + component + ".safetensors");
        try (Arena arena = Arena.ofShared();
                Backend backend = TestDevice.open();
                Checkpoint checkpoint = Checkpoint.open(Goldens.folder(folder))) {
            new Case(backend, arena, checkpoint, component, DType.F32, golden, golden)
                    .check(TOLERANCE);
        }
    }

    /** As runs compute on a GPU. */
    @ParameterizedTest
    @CsvSource({
        "wan-t2v-tiny, transformer",
        "wan-i2v-tiny, transformer",
        "wan22-ti2v-tiny, transformer"
    })
    void inTheTypeOfTheDeviceTheyAreNearThoseOfDiffusers(String folder, String component) {
        Map<String, GoldenTensor> golden =
                Goldens.tensors(folder, "golden/" + component + ".safetensors");
        try (Arena arena = Arena.ofShared();
                Backend backend = TestDevice.open();
                Checkpoint checkpoint = Checkpoint.open(Goldens.folder(folder))) {
            assumeTrue(backend.activation() != DType.F32, "the device computes in f32");
            new Case(backend, arena, checkpoint, component, backend.activation(), golden, golden)
                    .check(ROUNDED);
        }
    }

    /** As text to video runs a model that could be given a first frame. */
    @ParameterizedTest
    @CsvSource("wan22-ti2v-tiny")
    void oneTimeForAllTokensGivesTheOutputOfDiffusers(String folder) {
        Map<String, GoldenTensor> inputs =
                Goldens.tensors(folder, "golden/transformer.safetensors");
        Map<String, GoldenTensor> golden =
                Goldens.tensors(folder, "golden/transformer_one_timestep.safetensors");
        try (Arena arena = Arena.ofShared();
                Backend backend = TestDevice.open();
                Checkpoint checkpoint = Checkpoint.open(Goldens.folder(folder))) {
            new Case(backend, arena, checkpoint, "transformer", DType.F32, inputs, golden)
                    .check(TOLERANCE);
        }
    }

    /** Adapters in three spellings, with biases, and two at once. */
    @ParameterizedTest
    @CsvSource({
        "one.peft, 1, one.peft, 0, one_1.0",
        "one.kohya, 1, one.peft, 0, one_1.0",
        "one.original, 0.6, one.peft, 0, one_0.6",
        "biases.original, 1, one.peft, 0, biases_1.0",
        "biases.original, 0.6, one.peft, 0, biases_0.6",
        "one.original, 0.8, two.kohya, 0.5, one_0.8_two_0.5"
    })
    void withAdaptersTheOutputIsThatOfDiffusers(
            String first, double strength, String second, double other, String expected) {
        String folder = "wan-t2v-tiny";
        Path files = Goldens.folder("lora").resolve(folder);
        Map<String, GoldenTensor> inputs =
                new HashMap<>(Goldens.tensors(folder, "golden/transformer.safetensors"));
        Map<String, GoldenTensor> golden =
                new HashMap<>(Goldens.tensors("lora", folder + "/expected.safetensors"));
        golden.put("timestep", inputs.get("timestep"));
        golden.put("out", golden.get("out_" + expected));
        ModelSpec spec =
                Adapters.with(
                        ModelSpec.of(Goldens.folder(folder)),
                        List.of(choice(files, first, strength), choice(files, second, other)));
        try (Arena arena = Arena.ofShared();
                Backend backend = TestDevice.open();
                Checkpoint checkpoint = Checkpoint.open(spec)) {
            new Case(backend, arena, checkpoint, "transformer", DType.F32, inputs, golden)
                    .check(TOLERANCE);
        }
    }

    private static Adapters.Choice choice(Path files, String name, double strength) {
        return new Adapters.Choice(
                files.resolve(name + ".safetensors"), strength, Adapters.Expert.ALL, false);
    }

    /** One call of diffusers and the same here. */
    private static final class Case {
        private final Backend backend;
        private final DType activation;
        private final Map<String, GoldenTensor> inputs;
        private final Map<String, GoldenTensor> golden;
        private final WanTransformer model;
        private final Tensor latents;
        private final WanGrid grid;
        private final List<Tensor> texts;
        private final @Nullable Tensor picture;
        private final List<Span> spans;
        private final Tensor sinusoids;
        private final Tensor out;
        private final Tensor faults;
        private final Dense dense;

        Case(
                Backend backend,
                Arena arena,
                Checkpoint checkpoint,
                String component,
                DType activation,
                Map<String, GoldenTensor> inputs,
                Map<String, GoldenTensor> golden) {
            this.backend = backend;
            this.activation = activation;
            this.inputs = inputs;
            this.golden = golden;
            this.model =
                    WanTransformer.load(
                            checkpoint.config(component),
                            checkpoint.weights(
                                    component, WeightMemory.resident(backend), activation));
            WanConfig c = model.config();
            Tensor host = input("hidden_states").f32(arena);
            this.latents = backend.upload(host).get(0);
            this.grid = WanGrid.of(c, host.shape().dims());
            Tensor text = input("encoder_hidden_states").f32(arena).get(0);
            this.texts = List.of(text);
            GoldenTensor tokens = inputs.get("encoder_hidden_states_image");
            this.picture = tokens == null ? null : together(tokens.f32(arena));
            double[] times = times();
            this.spans = WanDenoiser.spans(grid, times.length == 2);
            float[] rows = TimestepEmbedding.sinusoid(times, c.freqDim(), true, 0);
            this.sinusoids = backend.upload(Tensor.of(arena, rows, times.length, c.freqDim()));
            this.out =
                    backend.upload(
                            Tensor.zeros(arena, DType.F32, input("out").f32(arena).shape().dims()));
            this.faults = backend.upload(Tensor.zeros(arena, DType.I32, c.layers()));
            this.dense = new Dense(grid.geometry(), new AttentionStatistics(c.layers()));
        }

        /** Of several pictures [pictures, tokens, Di] as [pictures tokens, Di]. */
        private static Tensor together(Tensor tokens) {
            return tokens.reshape((long) tokens.size(0) * tokens.size(1), tokens.size(2));
        }

        /** The step's time; behind it that of the given frame, if there is one. */
        private double[] times() {
            GoldenTensor timestep = Objects.requireNonNull(golden.get("timestep"));
            if (timestep.shape().rank() == 1) {
                return new double[] {timestep.longs()[0]};
            }
            float[] all = timestep.floats();
            for (int token = 0; token < all.length; token++) {
                float expected = token < grid.frameTokens() ? 0 : all[all.length - 1];
                assertThat(all[token]).as("time of token " + token).isEqualTo(expected);
            }
            return new double[] {all[all.length - 1], 0};
        }

        void check(double tolerance) {
            long bytes = DryRun.workspaceBytes(activation, this::forward);
            try (Workspace ws = new Workspace(backend, bytes, activation)) {
                forward(ws);
                assertThat(ws.highWater()).as("planned workspace").isEqualTo(bytes);
                close(tolerance, "out", out);
                if (golden.containsKey("block0")) {
                    parts(ws, tolerance);
                }
            }
        }

        private void forward(Workspace ws) {
            try (var _ = ws.scope()) {
                model.forward(
                        ws,
                        latents,
                        WanContext.of(model, ws, texts, picture),
                        sinusoids,
                        spans,
                        WanRope.of(model.config(), grid, ws),
                        dense,
                        new Blocks(ws.ops(), faults),
                        out);
            }
        }

        private void parts(Workspace ws, double tolerance) {
            WanContext context = WanContext.of(model, ws, texts, picture);
            close(tolerance, "text", context.text());
            if (context.picture() != null) {
                close(tolerance, "image", context.picture());
            }
            WanRope rope = WanRope.of(model.config(), grid, ws);
            close(tolerance, "rope_cos", rope.cos());
            close(tolerance, "rope_sin", rope.sin());
            WanEmbedder.Times times = model.embedder().times(ws, sinusoids);
            if (times.embedding().size(0) == 1) {
                close(tolerance, "temb", times.embedding());
                close(tolerance, "timestep_proj", times.parts());
            }
            Tensor x = model.embedTokens(ws, latents, 1);
            WanStep step = new WanStep(ws, context, times.parts(), spans, rope, dense, 1);
            for (WanBlock block : model.blocks()) {
                block.forward(step, x, null);
                close(tolerance, "block" + block.layer(), x);
            }
        }

        private void close(double tolerance, String name, Tensor actual) {
            float[] expected = Objects.requireNonNull(golden.get(name), name).floats();
            float[] values = TestDevice.host(backend, actual).toFloats();
            // Of the text the reference has the rows of the prompt alone.
            float[] compared =
                    name.equals("text") ? Arrays.copyOf(values, expected.length) : values;
            assertThat(Errors.relative(compared, expected)).as(name).isLessThan(tolerance);
        }

        private GoldenTensor input(String name) {
            return Objects.requireNonNull(inputs.get(name), name);
        }
    }
}
