package org.svgen.models.hunyuan;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.models.hunyuan.HunyuanTransformer.RopeTables;
import org.svgen.models.hunyuan.HunyuanTransformer.Text;
import org.svgen.nn.Rope3d;
import org.svgen.nn.joint.Conditioning;
import org.svgen.nn.joint.JointBlock;
import org.svgen.nn.joint.JointBlock.Step;
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

/**
 * The denoiser against diffusers, block by block. Padding is left out of the comparison: nothing
 * depends on it, and here it does not attend to the prompt.
 */
class HunyuanTransformerGoldenTest {
    private static final double TOLERANCE = 1e-4;

    private Map<String, GoldenTensor> golden = Map.of();

    @ParameterizedTest
    @ValueSource(
            strings = {"hunyuanvideo-tiny", "hunyuanvideo-i2v-tiny", "hunyuanvideo-i2v-33ch-tiny"})
    void everyBlockAndTheOutputAreThoseOfDiffusers(String folder) {
        golden = Goldens.tensors(folder, "golden/transformer.safetensors");
        try (Arena arena = Arena.ofShared();
                Backend backend = TestDevice.open();
                Checkpoint checkpoint = Checkpoint.open(Goldens.folder(folder))) {
            HunyuanTransformer model =
                    HunyuanTransformer.load(
                            checkpoint.config("transformer"),
                            checkpoint.weights(
                                    "transformer", WeightMemory.resident(backend), DType.F32));
            Tensor latents = backend.upload(get("hidden_states").f32(arena)).get(0);
            int prompt = (int) Arrays.stream(get("encoder_attention_mask").longs()).sum();
            Text text =
                    new Text(
                            backend.upload(get("encoder_hidden_states").f32(arena)).get(0),
                            prompt,
                            backend.upload(get("pooled_projections").f32(arena)));
            Tensor time = sinusoid(backend, arena, get("timestep").longs()[0]);
            Tensor guidance =
                    model.config().guidanceEmbeds()
                            ? sinusoid(backend, arena, get("guidance").floats()[0])
                            : null;
            int frames = latents.size(1);
            Rope3d rope = model.rope(frames, latents.size(2), latents.size(3));
            int video = rope.cos().length / model.config().headDim();
            RopeTables tables =
                    new RopeTables(
                            backend.upload(
                                    Tensor.of(arena, rope.cos(), video, model.config().headDim())),
                            backend.upload(
                                    Tensor.of(arena, rope.sin(), video, model.config().headDim())));
            VideoGeometry geometry =
                    new VideoGeometry(
                            frames,
                            video / frames,
                            VideoGeometry.TextPlace.LAST,
                            text.embeds().size(0),
                            prompt);
            Dense dense = new Dense(geometry, new AttentionStatistics(model.config().layers()));
            Tensor faults = backend.upload(Tensor.zeros(arena, DType.I32, model.config().layers()));
            Tensor out = backend.upload(Tensor.zeros(arena, DType.F32, get("out").shape().dims()));

            long bytes =
                    DryRun.workspaceBytes(ws ->
                            model.forward(
                                    ws,
                                    latents,
                                    List.of(text),
                                    time,
                                    guidance,
                                    tables,
                                    dense,
                                    new Blocks(ws.ops(), faults),
                                    out));
            try (Workspace ws = new Workspace(backend, bytes)) {
                model.forward(
                        ws,
                        latents,
                        List.of(text),
                        time,
                        guidance,
                        tables,
                        dense,
                        new Blocks(ws.ops(), faults),
                        out);
                assertThat(ws.highWater()).as("planned workspace").isEqualTo(bytes);
                assertClose(backend, "output", out, "out");

                Step step = model.step(ws, latents, text, time, guidance, tables, dense, 0);
                Tensor x = model.embedTokens(ws, latents, List.of(text), time).get(0);
                if (golden.containsKey("refined_text")) {
                    assertClose(
                            backend, "refined text", x.rows(video, video + prompt), "refined_text");
                }
                for (JointBlock block : model.blocks()) {
                    block.forward(step, x, null);
                    int singles = block.layer() - model.config().doubleLayers();
                    String name = singles < 0 ? "double" + block.layer() : "single" + singles;
                    assertClose(backend, name + " video", x.rows(0, video), name + "_hidden");
                    assertClose(
                            backend, name + " text", x.rows(video, video + prompt), name + "_text");
                }
            }
        }
    }

    private static Tensor sinusoid(Backend backend, Arena arena, double value) {
        return backend.upload(
                Tensor.of(arena, Conditioning.sinusoid(value), 1, Conditioning.CHANNELS));
    }

    /** The golden may go on, with padding. */
    private void assertClose(Backend backend, String name, Tensor actual, String expected) {
        float[] values = TestDevice.host(backend, actual).toFloats();
        float[] reference = Arrays.copyOf(get(expected).floats(), values.length);
        assertThat(Errors.relative(values, reference)).as(name).isLessThan(TOLERANCE);
    }

    private GoldenTensor get(String name) {
        return Objects.requireNonNull(golden.get(name), name);
    }
}
