package org.svgen.models.hunyuan15;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.guidance.GuiderRules;
import org.svgen.nn.joint.DoubleBlock;
import org.svgen.nn.joint.JointBlock.Step;
import org.svgen.run.Blocks;
import org.svgen.sparse.AttentionPolicy;
import org.svgen.sparse.AttentionStatistics;
import org.svgen.sparse.ByBranch;
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

/**
 * The denoiser against diffusers, block by block. The goldens leave padding out, and have a picture
 * of nothing but zeros, which is masked, where there is none.
 */
class Hunyuan15TransformerGoldenTest {
    private static final String T2V = "hunyuanvideo15-t2v-tiny";
    private static final String I2V = "hunyuanvideo15-i2v-tiny";
    private static final double TOLERANCE = 1e-4;

    private final Arena arena = Arena.ofShared();
    private final Backend backend = TestDevice.open();

    @AfterEach
    void close() {
        backend.close();
        arena.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {T2V, I2V})
    void everyBlockAndTheOutputAreThoseOfDiffusers(String folder) {
        Map<String, GoldenTensor> golden = golden(folder);
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.folder(folder));
                Workspace ws = new Workspace(backend, 64 << 20)) {
            Hunyuan15Transformer model = model(checkpoint);
            Hunyuan15Denoiser denoiser = denoiser(model, golden, told(golden, folder), ws);
            Tensor sample = backend.upload(get(golden, "hidden_states").f32(arena));
            Tensor out = backend.upload(Tensor.zeros(arena, DType.F32, 1, 8, 2, 4, 4));
            Dense dense =
                    new Dense(
                            denoiser.shape().geometry(),
                            new AttentionStatistics(model.config().layers()));
            denoiser.predict(
                    get(golden, "timestep").floats()[0],
                    sample.get(0).rows(0, 8).reshape(1, 8, 2, 4, 4),
                    dense,
                    blocks(ws, model),
                    out);
            close(out.get(0), golden, "out");

            Tensor x =
                    model.embedTokens(
                            ws, denoiser.input(), denoiser.texts(), denoiser.times().rows(0, 1));
            Tensor condition = model.time().apply(ws, denoiser.times());
            Step step =
                    new Step(
                            ws,
                            condition,
                            32,
                            denoiser.rope().cos(),
                            denoiser.rope().sin(),
                            dense,
                            0);
            for (DoubleBlock block : model.blocks()) {
                block.forward(step, x.get(0), null);
                close(x.get(0).rows(0, 32), golden, "block%d_hidden".formatted(block.layer()));
                close(
                        x.get(0).rows(32, x.size(1)),
                        golden,
                        "block%d_text".formatted(block.layer()));
            }
        }
    }

    /** Each branch sees its own text alone, as if it were the only one. */
    @ParameterizedTest
    @ValueSource(strings = {T2V, I2V})
    void branchesOfDifferentTextsAreThoseThatEachIsAlone(String folder) {
        Map<String, GoldenTensor> golden = golden(folder);
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.folder(folder));
                Workspace ws = new Workspace(backend, 64 << 20)) {
            Hunyuan15Transformer model = model(checkpoint);
            Hunyuan15Told told = told(golden, folder);
            Hunyuan15Told.Text text = told.texts().getFirst();
            Hunyuan15Told.Text shorter = new Hunyuan15Told.Text(text.prompt().rows(3, 12), null);
            float[] both = predict(model, golden, told(told, shorter, text), ws);
            float[] first = predict(model, golden, told(told, shorter), ws);
            float[] second = predict(model, golden, told(told, text), ws);
            float[] joined = new float[both.length];
            System.arraycopy(first, 0, joined, 0, first.length);
            System.arraycopy(second, 0, joined, first.length, second.length);
            assertThat(both).isEqualTo(joined);
            assertThat(first).isNotEqualTo(second);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {T2V, I2V})
    void aRehearsalTakesTheMemoryOfTheRun(String folder) {
        Map<String, GoldenTensor> golden = golden(folder);
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.folder(folder))) {
            Hunyuan15Transformer model = model(checkpoint);
            Hunyuan15Told told = told(golden, folder);
            long bytes = DryRun.workspaceBytes(dry -> predict(model, golden, told, dry));
            try (Workspace ws = new Workspace(backend, bytes)) {
                predict(model, golden, told, ws);
                assertThat(ws.highWater()).isEqualTo(bytes);
            }
        }
    }

    private float[] predict(
            Hunyuan15Transformer model,
            Map<String, GoldenTensor> golden,
            Hunyuan15Told told,
            Workspace ws) {
        try (var _ = ws.scope()) {
            Hunyuan15Denoiser denoiser = denoiser(model, golden, told, ws);
            AttentionStatistics statistics = new AttentionStatistics(model.config().layers());
            AttentionPolicy policy =
                    new ByBranch(
                            denoiser.shape().geometries().stream()
                                    .<AttentionPolicy>map(g -> new Dense(g, statistics))
                                    .toList(),
                            statistics);
            Tensor sample =
                    ws.copyOf(get(golden, "hidden_states").f32(arena).get(0).rows(0, 8))
                            .reshape(1, 8, 2, 4, 4);
            Tensor out = ws.allocate(DType.F32, denoiser.texts().size(), 8, 2, 4, 4);
            denoiser.predict(700, sample, policy, blocks(ws, model), out);
            return ws.toHost(out, arena).toFloats();
        }
    }

    private Hunyuan15Transformer model(Checkpoint checkpoint) {
        return Hunyuan15Transformer.load(
                checkpoint.config("transformer"),
                checkpoint.weights("transformer", WeightMemory.resident(backend), DType.F32));
    }

    private Hunyuan15Denoiser denoiser(
            Hunyuan15Transformer model,
            Map<String, GoldenTensor> golden,
            Hunyuan15Told told,
            Workspace ws) {
        GuiderRules rules = GuiderRules.classifierFree(told.texts().size());
        return Hunyuan15Denoiser.of(model, new Hunyuan15Size(2, 4, 4), told, rules, time -> 0, ws);
    }

    private static Hunyuan15Told told(Hunyuan15Told like, Hunyuan15Told.Text... texts) {
        return new Hunyuan15Told(List.of(texts), like.picture(), like.channels());
    }

    private Hunyuan15Told told(Map<String, GoldenTensor> golden, String folder) {
        Hunyuan15Told.Text text =
                new Hunyuan15Told.Text(
                        get(golden, "encoder_hidden_states").f32(arena).get(0),
                        get(golden, "encoder_hidden_states_2").f32(arena).get(0));
        return new Hunyuan15Told(
                List.of(text),
                folder.equals(I2V) ? get(golden, "image_embeds").f32(arena).get(0) : null,
                get(golden, "hidden_states").f32(arena).get(0).rows(8, 17));
    }

    private static Blocks blocks(Workspace ws, Hunyuan15Transformer model) {
        return new Blocks(ws.ops(), ws.allocate(DType.I32, model.config().layers()));
    }

    private void close(Tensor actual, Map<String, GoldenTensor> golden, String expected) {
        assertThat(
                        Errors.relative(
                                TestDevice.host(backend, actual).toFloats(),
                                get(golden, expected).floats()))
                .as(expected)
                .isLessThan(TOLERANCE);
    }

    private static Map<String, GoldenTensor> golden(String folder) {
        return Goldens.tensors(folder, "golden/transformer.safetensors");
    }

    private static GoldenTensor get(Map<String, GoldenTensor> golden, String name) {
        return Objects.requireNonNull(golden.get(name), name);
    }
}
