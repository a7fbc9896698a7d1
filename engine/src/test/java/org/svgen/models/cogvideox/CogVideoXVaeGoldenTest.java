package org.svgen.models.cogvideox;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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
import org.svgen.vae.FrameBatches;
import org.svgen.vae.Posterior;
import org.svgen.vae.RowOutput;
import org.svgen.vae.TileGrid;
import org.svgen.vae.VaeDecoder;
import org.svgen.vae.VaeEncoder;
import org.svgen.vae.VaePlan;
import org.svgen.vae.VaeProgress;

/**
 * The autoencoder against diffusers. The golden {@code cogvideox-vae} adds to those of the tiny
 * checkpoints what needs several batches of frames or several tiles; its weights are those of
 * {@code cogvideox-t2v-tiny}, its tiles 48 x 40 pixels.
 */
class CogVideoXVaeGoldenTest {
    private static final String TINY = "cogvideox-t2v-tiny";
    private static final double TOLERANCE = 1e-4;

    private final Backend backend = TestDevice.open();
    private final Arena arena = Arena.ofShared();
    private final Workspace workspace = new Workspace(backend, 64 << 20);

    @AfterEach
    void close() {
        workspace.close();
        arena.close();
        backend.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {TINY, "cogvideox-i2v-tiny"})
    void decodesAsDiffusers(String folder) {
        checkDecode(folder, Goldens.tensors(folder, "golden/vae_decode.safetensors"), "", false);
    }

    @ParameterizedTest
    @ValueSource(strings = {TINY, "cogvideox-i2v-tiny"})
    void encodesAsDiffusers(String folder) {
        checkEncode(folder, Goldens.tensors(folder, "golden/vae_encode.safetensors"), "", false);
    }

    @ParameterizedTest
    @ValueSource(strings = {"decode_2_", "decode_5_", "tiled_decode_"})
    void decodesBatchesAndTilesAsDiffusers(String name) {
        Map<String, GoldenTensor> golden = Goldens.tensors("cogvideox-vae", "vae.safetensors");
        checkDecode(TINY, golden, name, name.startsWith("tiled"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"encode_6_", "encode_17_", "tiled_encode_"})
    void encodesBatchesAndTilesAsDiffusers(String name) {
        Map<String, GoldenTensor> golden = Goldens.tensors("cogvideox-vae", "vae.safetensors");
        checkEncode(TINY, golden, name, name.startsWith("tiled"));
    }

    private void checkDecode(
            String folder, Map<String, GoldenTensor> golden, String name, boolean tiled) {
        Tensor latents = channelsLast(golden, name + "latents");
        Tensor frames = channelsLast(golden, name + "frames");
        float[] values = new float[Math.toIntExact(frames.elements())];
        RowOutput rows =
                (frame, y, left, from, offset, count) -> {
                    int at = ((frame * frames.size(1) + y) * frames.size(2) + left) * 3;
                    System.arraycopy(from, offset, values, at, count);
                };
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.folder(folder))) {
            CogVideoXVaeConfig config = CogVideoXVaeConfig.read(checkpoint.config("vae"));
            VaeDecoder decoder =
                    new VaeDecoder(
                            config,
                            CogVideoXVae.decoderNetwork(
                                    config,
                                    checkpoint.weights(
                                            "vae", WeightMemory.resident(backend), DType.F32)),
                            CogVideoXVaeGoldenTest::tiles,
                            new FrameBatches(CogVideoXVae.LATENT_FRAMES));
            VaePlan plan =
                    decoder.plan(latents.size(0), latents.size(1), latents.size(2), limit(tiled));
            assertThat(plan.tiled()).isEqualTo(tiled);
            decoder.decode(plan, workspace, latents, rows, VaeProgress.SILENT);
        }
        assertClose(Tensor.of(arena, values, frames.shape().dims()), frames);
    }

    private void checkEncode(
            String folder, Map<String, GoldenTensor> golden, String name, boolean tiled) {
        Tensor frames = channelsLast(golden, name + "frames");
        Tensor mean = channelsLast(golden, name + "mean");
        Tensor logVariance = channelsLast(golden, name + "logvar");
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.folder(folder))) {
            CogVideoXVaeConfig config = CogVideoXVaeConfig.read(checkpoint.config("vae"));
            VaeEncoder encoder =
                    new VaeEncoder(
                            config,
                            CogVideoXVae.encoderNetwork(
                                    config,
                                    checkpoint.weights(
                                            "vae", WeightMemory.resident(backend), DType.F32)),
                            CogVideoXVaeGoldenTest::tiles,
                            new FrameBatches(CogVideoXVae.VIDEO_FRAMES));
            VaePlan plan =
                    encoder.plan(frames.size(0), frames.size(1), frames.size(2), limit(tiled));
            assertThat(plan.tiled()).isEqualTo(tiled);
            Posterior actual = encoder.encode(plan, workspace, frames, arena, VaeProgress.SILENT);
            assertClose(actual.mean(), mean);
            assertClose(actual.logVariance(), logVariance);
        }
    }

    private static TileGrid tiles(int height, int width) {
        return height <= 6 && width <= 5
                ? TileGrid.whole(height, width)
                : new TileGrid(height, width, 6, 5, 5, 4);
    }

    private static long limit(boolean tiled) {
        return tiled ? 0 : Long.MAX_VALUE;
    }

    private Tensor channelsLast(Map<String, GoldenTensor> golden, String name) { // [1, C, T, H, W]
        Tensor x = Objects.requireNonNull(golden.get(name), name).f32(arena);
        return permute(x.get(0), 1, 2, 3, 0);
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

    private void assertClose(Tensor actual, Tensor expected) {
        assertThat(actual.shape()).isEqualTo(expected.shape());
        assertThat(
                        Errors.relative(
                                TestDevice.host(backend, actual).toFloats(),
                                TestDevice.host(backend, expected).toFloats()))
                .isLessThan(TOLERANCE);
    }
}
