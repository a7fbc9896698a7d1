package org.svgen.models.cogvideox;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Workspace;
import org.svgen.testkit.Errors;
import org.svgen.testkit.GoldenTensor;
import org.svgen.testkit.Goldens;
import org.svgen.testkit.TestDevice;
import org.svgen.tiles.TileAssembler;
import org.svgen.tiles.TileGrid;

/**
 * The autoencoder against diffusers. The golden {@code cogvideox-vae} adds to those of the tiny
 * checkpoints what needs several batches of frames or several tiles; its weights are those of
 * {@code cogvideox-t2v-tiny}, its tiles 48 x 40 pixels.
 */
class CogVideoXVaeGoldenTest {
    private static final String TINY = "cogvideox-t2v-tiny";
    private static final double TOLERANCE = 1e-4;
    private static final int RATIO = 8;

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
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.folder(folder))) {
            VaeDecoder decoder =
                    VaeDecoder.load(config(checkpoint), checkpoint.weights("vae", backend));
            VaeRun run = new VaeRun(decoder, grid(latents, tiled), 1);
            Tensor actual = run(run, latents, RATIO, frames);
            assertClose(actual, frames);
        }
    }

    private void checkEncode(
            String folder, Map<String, GoldenTensor> golden, String name, boolean tiled) {
        Tensor frames = channelsLast(golden, name + "frames");
        Tensor mean = channelsLast(golden, name + "mean");
        Tensor logVariance = channelsLast(golden, name + "logvar");
        int channels = mean.size(3);
        Tensor moments =
                Tensor.zeros(
                        arena, DType.F32, mean.size(0), mean.size(1), mean.size(2), 2 * channels);
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.folder(folder))) {
            VaeEncoder encoder =
                    VaeEncoder.load(config(checkpoint), checkpoint.weights("vae", backend));
            VaeRun run = new VaeRun(encoder, grid(mean, tiled), RATIO);
            Tensor actual = channelsFirst(run(run, frames, 1, moments));
            assertClose(actual.rows(0, channels), channelsFirst(mean));
            assertClose(actual.rows(channels, 2 * channels), channelsFirst(logVariance));
        }
    }

    /** The whole output, as the network gives it. */
    private Tensor run(VaeRun run, Tensor x, int scale, Tensor like) {
        float[] values = new float[Math.toIntExact(like.elements())];
        int channels = like.size(3);
        TileAssembler.Output rows =
                (frame, y, left, from, offset, count) -> {
                    int at = ((frame * like.size(1) + y) * like.size(2) + left) * channels;
                    System.arraycopy(from, offset, values, at, count);
                };
        try (TileAssembler assembler =
                new TileAssembler(backend, run.grid(), scale, like.size(0), channels, rows)) {
            run.forEach(workspace, x, assembler::batch);
        }
        return Tensor.of(arena, values, like.shape().dims());
    }

    private static CogVideoXVaeConfig config(Checkpoint checkpoint) {
        return CogVideoXVaeConfig.read(checkpoint.config("vae"));
    }

    private static TileGrid grid(Tensor latents, boolean tiled) {
        int h = latents.size(1);
        int w = latents.size(2);
        return tiled ? new TileGrid(h, w, 6, 5, 5, 4) : TileGrid.whole(h, w);
    }

    private Tensor channelsLast(Map<String, GoldenTensor> golden, String name) { // [1, C, T, H, W]
        Tensor x = Objects.requireNonNull(golden.get(name), name).f32(arena);
        return permute(x.get(0), 1, 2, 3, 0);
    }

    private Tensor channelsFirst(Tensor x) { // [T, H, W, C]
        return permute(x, 3, 0, 1, 2);
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
