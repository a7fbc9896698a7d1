package org.svgen.models.cogvideox;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.run.Blocks;
import org.svgen.sparse.AttentionStatistics;
import org.svgen.sparse.Dense;
import org.svgen.sparse.VideoGeometry;
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
class CogVideoXTransformerGoldenTest {
    private static final double TOLERANCE = 1e-4;
    private static final double OFS = 2;

    @ParameterizedTest
    @ValueSource(strings = {"cogvideox-t2v-tiny", "cogvideox-i2v-tiny"})
    void everyBlockAndTheOutputAreThoseOfDiffusers(String folder) {
        Map<String, GoldenTensor> golden =
                Goldens.tensors(folder, "golden/transformer.safetensors");
        try (Arena arena = Arena.ofShared();
                Backend backend = TestDevice.open();
                Checkpoint checkpoint = Checkpoint.open(Goldens.folder(folder))) {
            CogVideoXTransformer model =
                    CogVideoXTransformer.load(
                            checkpoint.config("transformer"),
                            checkpoint.weights(
                                    "transformer", WeightMemory.resident(backend), DType.F32));
            Tensor latents = backend.upload(golden.get("hidden_states").f32(arena));
            Tensor text = backend.upload(golden.get("encoder_hidden_states").f32(arena));
            double[] t =
                    Arrays.stream(golden.get("timestep").longs()).mapToDouble(x -> x).toArray();
            int batch = t.length;
            Tensor time =
                    backend.upload(
                            Tensor.of(arena, model.timeSinusoid(t), batch, model.config().width()));
            Tensor ofs = ofs(model, backend, arena, batch);
            Workspace tables = new Workspace(backend, 1 << 20);
            CogVideoXPositions positions =
                    CogVideoXPositions.of(
                            model, tables, latents.size(1), latents.size(3), latents.size(4));
            assertClose(
                    "rope cos", TestDevice.host(backend, positions.cos()), golden.get("rope_cos"));
            assertClose(
                    "rope sin", TestDevice.host(backend, positions.sin()), golden.get("rope_sin"));

            int l = text.size(1);
            VideoGeometry geometry =
                    new VideoGeometry(
                            latents.size(1) / model.config().patchSizeT(),
                            golden.get("block0_hidden").shape().size(1)
                                    / (latents.size(1) / model.config().patchSizeT()),
                            VideoGeometry.TextPlace.FIRST,
                            l,
                            l);
            Dense dense = new Dense(geometry, new AttentionStatistics(model.config().layers()));
            Tensor faults = backend.upload(Tensor.zeros(arena, DType.I32, model.config().layers()));
            long[] outDims = golden.get("out").shape().dims();
            Tensor out = backend.upload(Tensor.zeros(arena, DType.F32, outDims));

            long bytes =
                    DryRun.workspaceBytes(ws ->
                            model.forward(
                                    ws,
                                    latents,
                                    text,
                                    time,
                                    ofs,
                                    positions,
                                    dense,
                                    new Blocks(ws.ops(), faults),
                                    out));
            try (Workspace ws = new Workspace(backend, bytes)) {
                model.forward(
                        ws,
                        latents,
                        text,
                        time,
                        ofs,
                        positions,
                        dense,
                        new Blocks(ws.ops(), faults),
                        out);
                assertThat(ws.highWater()).as("planned workspace").isEqualTo(bytes);
                assertClose("output", TestDevice.host(backend, out), golden.get("out"));

                Tensor embedding = model.embedTime(ws, time, ofs);
                Tensor x = model.embedTokens(ws, latents, text, positions);
                for (CogVideoXBlock block : model.blocks()) {
                    block.forward(
                            ws, x, l, embedding, positions.cos(), positions.sin(), dense, null);
                    String name = "block" + block.layer();
                    GoldenTensor hidden = golden.get(name + "_hidden");
                    GoldenTensor words = golden.get(name + "_text");
                    int videoValues = hidden.floats().length / batch;
                    int textValues = words.floats().length / batch;
                    for (int b = 0; b < batch; b++) {
                        assertThat(
                                        Errors.relative(
                                                TestDevice.host(
                                                                backend,
                                                                x.get(b).rows(l, x.size(1)))
                                                        .toFloats(),
                                                slice(hidden, b, videoValues)))
                                .as("%s, video of batch element %d", name, b)
                                .isLessThan(TOLERANCE);
                        assertThat(
                                        Errors.relative(
                                                TestDevice.host(backend, x.get(b).rows(0, l))
                                                        .toFloats(),
                                                slice(words, b, textValues)))
                                .as("%s, text of batch element %d", name, b)
                                .isLessThan(TOLERANCE);
                    }
                }
            }
        }
    }

    private static Tensor ofs(CogVideoXTransformer model, Backend backend, Arena arena, int batch) {
        if (model.config().ofsEmbedDim().isEmpty()) {
            return null;
        }
        double[] values = new double[batch];
        Arrays.fill(values, OFS);
        float[] sinusoid = model.ofsSinusoid(values);
        return backend.upload(Tensor.of(arena, sinusoid, batch, sinusoid.length / batch));
    }

    private static float[] slice(GoldenTensor golden, int b, int length) {
        return Arrays.copyOfRange(golden.floats(), b * length, (b + 1) * length);
    }

    private static void assertClose(String name, Tensor actual, GoldenTensor expected) {
        assertThat(Errors.relative(actual.toFloats(), expected.floats()))
                .as(name)
                .isLessThan(TOLERANCE);
    }
}
