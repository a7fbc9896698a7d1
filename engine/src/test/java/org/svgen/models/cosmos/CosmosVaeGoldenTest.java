package org.svgen.models.cosmos;

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
import org.svgen.vae.RowOutput;
import org.svgen.vae.VaeDecoder;
import org.svgen.vae.VaePlan;
import org.svgen.vae.VaeProgress;

/** The decoder against diffusers, which sees all frames at once. */
class CosmosVaeGoldenTest {
    private static final String TINY = "cosmos1-t2w-tiny";
    private static final double TOLERANCE = 1e-4;
    private static final int RATIO = 8;

    private final Backend backend = TestDevice.open();
    private final Arena arena = Arena.ofShared();
    private final Checkpoint checkpoint = Checkpoint.open(Goldens.folder(TINY));

    @AfterEach
    void close() {
        arena.close();
        checkpoint.close();
        backend.close();
    }

    @Test
    void decodesAsDiffusers() {
        Map<String, GoldenTensor> golden = Goldens.tensors(TINY, "golden/vae_decode.safetensors");
        Tensor latents = Objects.requireNonNull(golden.get("latents")).f32(arena).get(0);
        float[] expected = Objects.requireNonNull(golden.get("frames")).floats();
        assertThat(Errors.relative(decode(latents), expected)).isLessThan(TOLERANCE);
    }

    @Test
    void framesDoNotDependOnThoseBehindThem() {
        float[] values = random(8 * 4 * 2 * 2);
        float[] all = decode(Tensor.of(arena, values, 8, 4, 2, 2));
        float[] begin = new float[8 * 2 * 2 * 2];
        for (int c = 0; c < 8; c++) {
            System.arraycopy(values, c * 4 * 4, begin, c * 2 * 4, 2 * 4);
        }
        float[] some = decode(Tensor.of(arena, begin, 8, 2, 2, 2));
        int frame = 16 * 16;
        for (int c = 0; c < 3; c++) {
            assertThat(Arrays.copyOfRange(some, c * 9 * frame, (c + 1) * 9 * frame))
                    .isEqualTo(Arrays.copyOfRange(all, c * 25 * frame, (c * 25 + 9) * frame));
        }
    }

    /** Of 2 x 2 x 2, by what the eight bands of a place are: means and differences of pairs. */
    @Test
    void bandsAreSumsAndDifferencesOfPixels() {
        float[] matrix = new Wavelets(2).matrix();
        for (int pixel = 0; pixel < 8; pixel++) {
            for (int band = 0; band < 8; band++) {
                int differences = Integer.bitCount(pixel & band);
                assertThat(matrix[pixel * 3 * 24 + band * 3])
                        .isEqualTo(differences % 2 == 0 ? 1 : -1);
                assertThat(matrix[pixel * 3 * 24 + band * 3 + 1]).as("other colours").isZero();
            }
        }
    }

    /** A transform and back: rows of the matrix are orthogonal. */
    @Test
    void levelsFollowEachOther() {
        float[] matrix = new Wavelets(4).matrix();
        Random random = new Random(3);
        for (int i = 0; i < 100; i++) {
            int a = random.nextInt(192);
            int b = random.nextInt(192);
            float sum = 0;
            for (int k = 0; k < 192; k++) {
                sum += matrix[a * 192 + k] * matrix[b * 192 + k];
            }
            assertThat(sum).isEqualTo(a == b ? 64 : 0);
        }
    }

    private static float[] random(int count) {
        Random random = new Random(5);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /** From [C, t, h, w] to [3, T, H, W]. */
    private float[] decode(Tensor latents) {
        VaeDecoder decoder =
                CosmosVae.decoder(
                        CosmosVaeConfig.read(checkpoint.config("vae")),
                        checkpoint.weights("vae", WeightMemory.resident(backend), DType.F32));
        int t = latents.size(1);
        int h = latents.size(2);
        int w = latents.size(3);
        int frames = 1 + RATIO * (t - 1);
        int plane = h * RATIO * w * RATIO;
        float[] out = new float[3 * frames * plane];
        RowOutput output =
                (frame, y, x, from, offset, count) -> {
                    for (int i = 0; i < count; i++) {
                        int pixel = y * w * RATIO + x + i / 3;
                        out[(i % 3 * frames + frame) * plane + pixel] = from[offset + i];
                    }
                };
        VaePlan plan = decoder.plan(t, h, w, Long.MAX_VALUE);
        try (Workspace ws = new Workspace(backend, plan.workspaceBytes() + (1 << 20))) {
            Tensor z = ws.allocate(DType.F32, t, h, w, latents.size(0));
            try (var _ = ws.scope()) {
                ws.ops().permute(ws.copyOf(latents), new int[] {1, 2, 3, 0}, z);
            }
            decoder.decode(plan, ws, z, output, VaeProgress.SILENT);
        }
        return out;
    }
}
