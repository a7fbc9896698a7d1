package org.svgen.models.hunyuan15;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Workspace;
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
 * The autoencoder against diffusers, which sees all frames at once, and what makes it work on large
 * and long videos.
 */
class Hunyuan15VaeGoldenTest {
    private static final String TINY = "hunyuanvideo15-t2v-tiny";
    private static final double TOLERANCE = 1e-4;
    private static final int RATIO = 16;

    private final Backend backend = TestDevice.open();
    private final Arena arena = Arena.ofShared();
    private final Checkpoint checkpoint = Checkpoint.open(Goldens.folder(TINY));
    private final Hunyuan15VaeConfig config = Hunyuan15VaeConfig.read(checkpoint.config("vae"));

    @AfterEach
    void close() {
        arena.close();
        checkpoint.close();
        backend.close();
    }

    @Test
    void decodesAsDiffusers() {
        Map<String, GoldenTensor> golden = Goldens.tensors(TINY, "golden/vae_decode.safetensors");
        float[] frames = decode(decoder(4), get(golden, "latents").f32(arena).get(0), false);
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

    /** Frames that come later change nothing before them, and batches nothing at all. */
    @Test
    void framesDoNotDependOnThoseBehindThem() {
        Tensor latents = random(8, 4, 2, 2);
        float[] all = decode(decoder(4), latents, false);
        float[] some = decode(decoder(4), frames(latents, 3), false);
        for (int c = 0; c < 3; c++) {
            for (int i = 0; i < 9 * 32 * 32; i++) {
                assertThat(all[c * 13 * 32 * 32 + i]).isEqualTo(some[c * 9 * 32 * 32 + i]);
            }
        }
        Tensor video = random(3, 13, 32, 32);
        float[] moments = encode(video, false);
        float[] begin = encode(frames(video, 9), false);
        for (int c = 0; c < 16; c++) {
            for (int i = 0; i < 3 * 4; i++) {
                assertThat(moments[c * 4 * 4 + i]).isEqualTo(begin[c * 3 * 4 + i]);
            }
        }
    }

    /** The formula of diffusers' {@code tiled_decode}: each seam fades over the whole overlap. */
    @Test
    void tilesAreDecodedByThemselvesAndBlended() {
        int size = 4;
        int stride = 3;
        Tensor latents = random(8, 2, 2, 7);
        float[] tiled = decode(decoder(size), latents, true);
        int width = 7 * RATIO;
        int rows = 3 * 5 * 2 * RATIO;
        float[] expected = new float[rows * width];
        float[] before = new float[0];
        int widthBefore = 0;
        for (int from = 0; from < 7; from += stride) {
            int to = Math.min(7, from + size);
            float[] tile = decode(decoder(8), columns(latents, from, to), false);
            int w = (to - from) * RATIO;
            int overlap = (size - stride) * RATIO;
            for (int r = 0; r < rows; r++) {
                int blend = from == 0 ? 0 : Math.min(overlap, Math.min(w, widthBefore));
                for (int x = 0; x < blend; x++) {
                    float share = (float) x / blend;
                    tile[r * w + x] =
                            before[r * widthBefore + widthBefore - blend + x] * (1 - share)
                                    + tile[r * w + x] * share;
                }
                int kept = Math.min(w, stride * RATIO);
                System.arraycopy(tile, r * w, expected, r * width + from * RATIO, kept);
            }
            before = tile;
            widthBefore = w;
        }
        assertThat(Errors.relative(tiled, expected)).isLessThan(1e-5);
    }

    private VaeDecoder decoder(int tile) {
        return Hunyuan15Vae.decoder(
                config,
                checkpoint.weights("vae", WeightMemory.resident(backend), DType.F32),
                new Hunyuan15Tiles(tile, tile * 3 / 4));
    }

    /** [C, t, h, w] to [3, T, H, W], flattened. */
    private float[] decode(VaeDecoder decoder, Tensor latents, boolean tiled) {
        Tensor z = permute(latents, 1, 2, 3, 0);
        int frames = config.videoFrames(z.size(0));
        int h = RATIO * z.size(1);
        int w = RATIO * z.size(2);
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
        VaeEncoder encoder =
                Hunyuan15Vae.encoder(
                        config,
                        checkpoint.weights("vae", WeightMemory.resident(backend), DType.F32));
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

    private Tensor random(long... dims) {
        Tensor tensor = Tensor.zeros(arena, DType.F32, dims);
        Random random = new Random(5);
        float[] values = new float[Math.toIntExact(tensor.elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Tensor.of(arena, values, dims);
    }

    /** The first frames of [C, T, H, W]. */
    private Tensor frames(Tensor x, int count) {
        Tensor byFrame = permute(x, 1, 0, 2, 3);
        return permute(byFrame.rows(0, count), 1, 0, 2, 3);
    }

    /** Some columns of [C, T, H, W]. */
    private Tensor columns(Tensor x, int from, int to) {
        return permute(permute(x, 3, 0, 1, 2).rows(from, to), 1, 2, 3, 0);
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
