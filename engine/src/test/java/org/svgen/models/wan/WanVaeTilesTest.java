package org.svgen.models.wan;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
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
import org.svgen.testkit.Goldens;
import org.svgen.testkit.TestDevice;
import org.svgen.vae.VaeDecoder;
import org.svgen.vae.VaePlan;
import org.svgen.vae.VaeProgress;

/** A video that is decoded in tiles is what its tiles are, blended as diffusers blends them. */
class WanVaeTilesTest {
    private final Backend backend = TestDevice.open();
    private final Arena arena = Arena.ofShared();

    @AfterEach
    void close() {
        arena.close();
        backend.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"wan-t2v-tiny", "wan22-ti2v-tiny"})
    void seamsFadeByPlacesOfTheNetwork(String model) {
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.folder(model))) {
            WanVaeConfig config = WanVaeConfig.read(checkpoint.config("vae"));
            VaeDecoder decoder =
                    WanVae.decoder(
                            config,
                            checkpoint.weights("vae", WeightMemory.resident(backend), DType.F32));
            WanTiles tiles = WanTiles.ofDecoder(config);
            int width = tiles.size() + 2; // two tiles, the second cut off
            int channels = config.latentChannels();
            Tensor z = latents(0, width, channels);
            float[] left = decode(decoder, latents(0, tiles.size(), channels), false);
            float[] right = decode(decoder, latents(tiles.stride(), width, channels), false);
            float[] expected = blend(config, tiles, width, left, right);
            assertThat(Errors.relative(decode(decoder, z, true), expected)).isLessThan(1e-5);
        }
    }

    /** One line of latents and one frame: [1, 1, to - from, C]. */
    private Tensor latents(int from, int to, int channels) {
        float[] values = new float[(to - from) * channels];
        for (int i = 0; i < values.length; i++) {
            int at = from * channels + i;
            values[i] = (float) Math.sin(0.7 * at * at);
        }
        return TestDevice.on(backend, Tensor.of(arena, values, 1, 1, to - from, channels));
    }

    /** Lines of pixels of two tiles, the right one fading in patch by patch. */
    private static float[] blend(
            WanVaeConfig config, WanTiles tiles, int width, float[] left, float[] right) {
        int ratio = config.spatialRatio();
        int row = width * ratio;
        int leftRow = tiles.size() * ratio;
        int start = tiles.stride() * ratio;
        int rightRow = row - start;
        int places = Math.min(leftRow - start, rightRow) / config.patch(); // of the overlap
        float[] all = new float[ratio * row * 3];
        for (int i = 0; i < all.length; i++) {
            int y = i / 3 / row;
            int x = i / 3 % row;
            int colour = i % 3;
            float old = x < leftRow ? left[(y * leftRow + x) * 3 + colour] : 0;
            if (x < start) {
                all[i] = old;
                continue;
            }
            float fresh = right[(y * rightRow + x - start) * 3 + colour];
            double share = Math.min(1, (double) ((x - start) / config.patch()) / places);
            all[i] = (float) (old * (1 - share) + fresh * share);
        }
        return all;
    }

    private float[] decode(VaeDecoder decoder, Tensor z, boolean tiled) {
        VaePlan plan = decoder.plan(1, 1, z.size(2), tiled ? 0 : Long.MAX_VALUE);
        assertThat(plan.tiled()).isEqualTo(tiled);
        int ratio = decoder.shape().spatialRatio();
        int row = z.size(2) * ratio * 3;
        float[] values = new float[ratio * row];
        try (Workspace workspace = new Workspace(backend, plan.workspaceBytes())) {
            decoder.decode(
                    plan,
                    workspace,
                    z,
                    (frame, y, x, from, offset, count) ->
                            System.arraycopy(from, offset, values, y * row + x * 3, count),
                    VaeProgress.SILENT);
        }
        return values;
    }
}
