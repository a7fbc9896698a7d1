package org.svgen.models.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.nn.Rope3d;
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

/** The denoiser against diffusers, part by part. */
class CosmosTransformerGoldenTest {
    private static final String TINY = "cosmos1-t2w-tiny";
    private static final double TOLERANCE = 1e-4;

    private final Arena arena = Arena.ofShared();
    private final Backend backend = TestDevice.open();
    private final Checkpoint checkpoint = Checkpoint.open(Goldens.folder(TINY));
    private final Map<String, GoldenTensor> golden =
            Goldens.tensors(TINY, "golden/transformer.safetensors");

    @AfterEach
    void close() {
        checkpoint.close();
        backend.close();
        arena.close();
    }

    @Test
    void everyPartAndTheOutputAreThoseOfDiffusers() {
        CosmosTransformer model = model();
        try (Workspace ws = new Workspace(backend, 64 << 20)) {
            CosmosDenoiser denoiser = denoiser(model, 1, ws);
            Dense dense = dense(denoiser);
            Tensor sample = backend.upload(get("hidden_states").f32(arena));
            Tensor out = backend.upload(Tensor.zeros(arena, DType.F32, 1, 8, 2, 6, 8));
            denoiser.predict(get("timestep").floats()[0], sample, dense, blocks(ws, model), out);
            close(out, "out");
            close(Objects.requireNonNull(denoiser.places()), "pos_embed");
            CosmosTime time = model.embedder().apply(ws, denoiser.times());
            close(time.shared(), "time_0");
            Tensor x = model.embedTokens(ws, denoiser.input(), 1);
            close(x, "patch");
            CosmosStep step =
                    new CosmosStep(
                            ws, denoiser.texts(), time, denoiser.places(), denoiser.rope(), dense);
            for (CosmosBlock block : model.blocks()) {
                block.forward(step, x, null);
                close(x, "block" + block.layer());
            }
        }
    }

    /** Ours turn neighbours, those of diffusers the halves of a head. */
    @Test
    void placesTurnAsFarAsInDiffusers() {
        CosmosConfig c = CosmosConfig.read(checkpoint.config("transformer"));
        Rope3d tables = CosmosRope.tables(c, new CosmosGrid(2, 3, 4), get("fps").longs()[0]);
        int dim = c.headDim();
        for (int i = 0; i < tables.cos().length; i++) {
            int at = i / dim * dim + i % dim / 2;
            assertThat(tables.cos()[i]).isCloseTo(get("rope_0").floats()[at], within());
            assertThat(tables.sin()[i]).isCloseTo(get("rope_1").floats()[at], within());
        }
    }

    private static Offset<Float> within() {
        return Offset.offset(1e-5f);
    }

    @Test
    void bothBranchesAreWhatEachIsAloneAndARehearsalTakesTheMemoryOfTheRun() {
        CosmosTransformer model = model();
        long bytes = DryRun.workspaceBytes(dry -> predict(model, 7, dry));
        try (Workspace ws = new Workspace(backend, bytes)) {
            float[] both = predict(model, 7, ws);
            assertThat(ws.highWater()).isEqualTo(bytes);
            float[] alone = predict(model, 1, ws);
            for (int i = 0; i < both.length; i++) {
                assertThat(both[i]).isEqualTo(alone[i % alone.length]);
            }
        }
    }

    private float[] predict(CosmosTransformer model, double guidance, Workspace ws) {
        try (var _ = ws.scope()) {
            CosmosDenoiser denoiser = denoiser(model, guidance, ws);
            Tensor sample = ws.copyOf(get("hidden_states").f32(arena));
            Tensor out = ws.allocate(DType.F32, denoiser.texts().size(), 8, 2, 6, 8);
            denoiser.predict(0.3, sample, dense(denoiser), blocks(ws, model), out);
            return ws.toHost(out, arena).toFloats();
        }
    }

    private CosmosTransformer model() {
        return CosmosTransformer.load(
                checkpoint.config("transformer"),
                checkpoint.weights("transformer", WeightMemory.resident(backend), DType.F32));
    }

    private CosmosDenoiser denoiser(CosmosTransformer model, double guidance, Workspace ws) {
        Tensor text = get("encoder_hidden_states").f32(arena).get(0);
        return CosmosDenoiser.of(
                model,
                new long[] {1, 8, 2, 6, 8},
                new CosmosTold(Collections.nCopies(2, text)),
                guidance,
                get("fps").longs()[0],
                time -> 1,
                ws);
    }

    private static Dense dense(CosmosDenoiser denoiser) {
        return new Dense(
                denoiser.shape().geometry(), new AttentionStatistics(denoiser.shape().layers()));
    }

    private static Blocks blocks(Workspace ws, CosmosTransformer model) {
        return new Blocks(ws.ops(), ws.allocate(DType.I32, model.config().layers()));
    }

    private void close(Tensor actual, String name) {
        float[] values = TestDevice.host(backend, actual).toFloats();
        assertThat(Errors.relative(values, get(name).floats())).as(name).isLessThan(TOLERANCE);
    }

    private GoldenTensor get(String name) {
        return Objects.requireNonNull(golden.get(name), name);
    }
}
