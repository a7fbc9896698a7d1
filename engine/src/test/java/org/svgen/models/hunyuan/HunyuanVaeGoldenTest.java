package org.svgen.models.hunyuan;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.random.TorchRandom;
import org.svgen.testkit.Errors;
import org.svgen.testkit.GoldenTensor;
import org.svgen.testkit.Goldens;
import org.svgen.testkit.TestDevice;
import org.svgen.vae.Posterior;
import org.svgen.vae.RowOutput;
import org.svgen.vae.VaeDecoder;
import org.svgen.vae.VaeEncoder;
import org.svgen.vae.VaePlan;
import org.svgen.vae.VaeProgress;

/**
 * The autoencoder against diffusers. Inputs of {@code vae_tiles} are drawn from a seed, and every
 * seventh value of the output is kept; its tiles are 32 pixels large and 24 apart.
 */
class HunyuanVaeGoldenTest {
    private static final String TINY = "hunyuanvideo-tiny";
    private static final double TOLERANCE = 1e-4;
    private static final int KEPT = 7;
    private static final HunyuanTiling SMALL = new HunyuanTiling(32, 24, 16, 12);

    private final Backend backend = TestDevice.open();
    private final Arena arena = Arena.ofShared();
    private final Checkpoint checkpoint = Checkpoint.open(Goldens.folder(TINY));
    private final HunyuanVaeConfig config = HunyuanVaeConfig.read(checkpoint.config("vae"));
    private final VaeDecoder decoder =
            HunyuanVae.decoder(
                    config,
                    checkpoint.weights("vae", WeightMemory.resident(backend), DType.F32),
                    SMALL);
    private final VaeEncoder encoder =
            HunyuanVae.encoder(
                    config,
                    checkpoint.weights("vae", WeightMemory.resident(backend), DType.F32),
                    SMALL);

    @AfterEach
    void close() {
        arena.close();
        checkpoint.close();
        backend.close();
    }

    @Test
    void decodesAsDiffusers() {
        Map<String, GoldenTensor> golden = Goldens.tensors(TINY, "golden/vae_decode.safetensors");
        float[] frames = decode(get(golden, "latents").f32(arena).get(0), false);
        assertThat(Errors.relative(frames, get(golden, "frames").floats())).isLessThan(TOLERANCE);
    }

    @Test
    void encodesAsDiffusers() {
        Map<String, GoldenTensor> golden = Goldens.tensors(TINY, "golden/vae_encode.safetensors");
        float[] moments = encode(get(golden, "frames").f32(arena).get(0), false);
        float[] mean = get(golden, "mean").floats();
        int half = mean.length;
        assertThat(Errors.relative(Arrays.copyOf(moments, half), mean)).isLessThan(TOLERANCE);
        assertThat(
                        Errors.relative(
                                Arrays.copyOfRange(moments, half, 2 * half),
                                get(golden, "logvar").floats()))
                .isLessThan(TOLERANCE);
    }

    @ParameterizedTest
    @CsvSource({
        "decode_time,11,false",
        "decode_time_8,12,false",
        "decode_tiles,13,true",
        "decode_tiles_short,14,true",
        "encode_time,15,false",
        "encode_tiles,16,true",
        "encode_tiles_short,17,true"
    })
    void blendsPartsAndTilesAsDiffusers(String name, long seed, boolean tiled) {
        Map<String, GoldenTensor> golden = Goldens.tensors(TINY, "golden/vae_tiles.safetensors");
        Tensor x = Tensor.zeros(arena, DType.F32, get(golden, name + "_in").longs());
        new TorchRandom(seed).normal(x);
        boolean decode = name.startsWith("decode");
        float[] all = decode ? decode(x.get(0), tiled) : encode(x.get(0), tiled);
        float[] expected = get(golden, name).floats();
        float[] actual = new float[expected.length];
        for (int i = 0; i < actual.length; i++) {
            actual[i] = all[i * KEPT];
        }
        assertThat(all.length).isBetween(KEPT * (actual.length - 1) + 1, KEPT * actual.length);
        assertThat(Errors.relative(actual, expected)).isLessThan(TOLERANCE);
    }

    /** [C, t, h, w] to [3, T, H, W], flattened. */
    private float[] decode(Tensor latents, boolean tiled) {
        Tensor z = permute(latents, 1, 2, 3, 0);
        int frames = config.videoFrames(z.size(0));
        int h = 8 * z.size(1);
        int w = 8 * z.size(2);
        VaePlan plan = decoder.plan(z.size(0), z.size(1), z.size(2), limit(tiled));
        assertThat(plan.tiled()).isEqualTo(tiled);
        float[] values = new float[frames * h * w * 3];
        RowOutput out =
                (frame, y, x, from, offset, count) ->
                        System.arraycopy(
                                from, offset, values, ((frame * h + y) * w + x) * 3, count);
        try (Workspace workspace = new Workspace(backend, plan.workspaceBytes())) {
            decoder.decode(plan, workspace, z, out, VaeProgress.SILENT);
            assertThat(workspace.highWater()).isEqualTo(plan.workspaceBytes());
        }
        return floats(permute(Tensor.of(arena, values, frames, h, w, 3), 3, 0, 1, 2));
    }

    /** [3, T, H, W] to means, then log-variances, [2 C, t, h, w], flattened. */
    private float[] encode(Tensor video, boolean tiled) {
        Tensor x = permute(video, 1, 2, 3, 0);
        VaePlan plan = encoder.plan(x.size(0), x.size(1), x.size(2), limit(tiled));
        assertThat(plan.tiled()).isEqualTo(tiled);
        try (Workspace workspace = new Workspace(backend, plan.workspaceBytes())) {
            Posterior p = encoder.encode(plan, workspace, x, arena, VaeProgress.SILENT);
            float[] mean = floats(permute(p.mean(), 3, 0, 1, 2));
            float[] log = floats(permute(p.logVariance(), 3, 0, 1, 2));
            float[] both = Arrays.copyOf(mean, 2 * mean.length);
            System.arraycopy(log, 0, both, mean.length, log.length);
            return both;
        }
    }

    private float[] floats(Tensor tensor) {
        return TestDevice.host(backend, tensor).toFloats();
    }

    private static long limit(boolean tiled) {
        return tiled ? 0 : Long.MAX_VALUE;
    }

    private Tensor permute(Tensor x, int... order) {
        long[] dims = new long[order.length];
        for (int i = 0; i < order.length; i++) {
            dims[i] = x.size(order[i]);
        }
        Tensor out = TestDevice.on(backend, Tensor.zeros(arena, DType.F32, dims));
        backend.ops().permute(TestDevice.on(backend, x), order, out);
        return out;
    }

    private static GoldenTensor get(Map<String, GoldenTensor> golden, String name) {
        return Objects.requireNonNull(golden.get(name), name);
    }
}
