package org.svgen.vae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.DryRun;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops.Border;
import org.svgen.tensor.op.Weight;
import org.svgen.tensor.random.TorchRandom;
import org.svgen.testkit.Errors;
import org.svgen.testkit.TestDevice;

/**
 * A family that is made up here: it doubles height and width, keeps the frames, and its decoder is
 * one causal convolution behind an enlargement.
 */
class VaeKitTest {
    private static final int TIMES = 2;
    private static final int CHANNELS = 4;
    private static final int FRAMES = 12;
    private static final double TOLERANCE = 1e-6;

    private record Shape() implements VaeShape {
        @Override
        public int spatialRatio() {
            return TIMES;
        }

        @Override
        public int temporalRatio() {
            return 1;
        }

        @Override
        public int latentChannels() {
            return CHANNELS;
        }

        @Override
        public int inChannels() {
            return 3;
        }

        @Override
        public int outChannels() {
            return 3;
        }

        @Override
        public int videoFrames(int latentFrames) {
            return latentFrames;
        }

        @Override
        public int latentFrames(int videoFrames) {
            return videoFrames;
        }
    }

    private final Backend backend = TestDevice.open();
    private final Arena arena = Arena.ofShared();
    private final CausalConv conv =
            new CausalConv(
                    Weight.of(noise(1, 3, CHANNELS, 3, 3, 3)),
                    noise(2, 3),
                    Border.EDGE,
                    Past.COPIES);
    private final Tensor latents = noise(3, FRAMES, 9, 7, CHANNELS);

    @AfterEach
    void close() {
        arena.close();
        backend.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 7, 20})
    void batchesGiveWhatAllFramesAtOnceGive(int size) {
        float[] whole = rows(decoder(VaeKitTest::tiles, new FrameBatches(FRAMES)), Long.MAX_VALUE);
        float[] batches = rows(decoder(VaeKitTest::tiles, new FrameBatches(size)), Long.MAX_VALUE);
        assertThat(Errors.relative(batches, whole)).isLessThan(TOLERANCE);
    }

    @Test
    void batchesOfTilesNeedTheMemoryOfOne() {
        VaeDecoder decoder = decoder(VaeKitTest::tiles, new FrameBatches(2));
        VaePlan whole = decoder.plan(FRAMES, 9, 7, Long.MAX_VALUE);
        VaePlan tiled = decoder.plan(FRAMES, 9, 7, whole.workspaceBytes() - 1);
        assertThat(whole.tiled()).isFalse();
        assertThat(tiled.tiled()).isTrue();
        assertThat(tiled.workspaceBytes()).isLessThan(whole.workspaceBytes());
        assertThat(decoder.plan(FRAMES, 4, 4, 0).tiled()).as("fits one tile").isFalse();
        assertThat(decoder.plan(30, 9, 7, 0).workspaceBytes())
                .as("of more frames")
                .isEqualTo(tiled.workspaceBytes());
    }

    /** The convolution looks back at two frames; a part has one, and its overlap the other. */
    @Test
    void partsThatOverlapGiveTheWhole() {
        float[] whole = rows(decoder(VaeKitTest::tiles, new FrameBatches(FRAMES)), Long.MAX_VALUE);
        VaeDecoder overlapping = decoder(VaeKitTest::tiles, new FrameParts(5, 3, 5, 3));
        assertThat(Errors.relative(rows(overlapping, Long.MAX_VALUE), whole)).isLessThan(TOLERANCE);
        float[] apart =
                rows(decoder(VaeKitTest::tiles, new FrameParts(3, 3, 3, 3)), Long.MAX_VALUE);
        int frame = whole.length / FRAMES;
        for (int f = 0; f < FRAMES; f++) {
            float[] expected = Arrays.copyOfRange(whole, f * frame, (f + 1) * frame);
            float[] actual = Arrays.copyOfRange(apart, f * frame, (f + 1) * frame);
            boolean added = f == 4 || f == 7 || f == 10; // the first that a part adds
            assertThat(Errors.relative(actual, expected) < TOLERANCE)
                    .as("frame %d", f)
                    .isEqualTo(!added);
        }
    }

    @ParameterizedTest
    @CsvSource({"5, 0-5", "6, 0-6 3-6", "9, 0-6 3-9 6-9", "10, 0-6 3-9 6-10", "7, 0-6 3-7"})
    void partsBeginWithAFrameToLookBackAt(int frames, String expected) {
        List<String> parts =
                new FrameParts(5, 3, 5, 3)
                        .parts(frames).stream().map(p -> p.from() + "-" + p.to()).toList();
        assertThat(parts).containsExactly(expected.split(" "));
    }

    @ParameterizedTest
    @CsvSource({"true, 0", "true, 1000000000", "false, 0", "false, 1000000000"})
    void whatIsRehearsedIsWhatIsDone(boolean parts, long limit) {
        TimeCut time = parts ? new FrameParts(5, 3, 5, 3) : new FrameBatches(2);
        VaeDecoder decoder = decoder(VaeKitTest::tiles, time);
        VaePlan plan = decoder.plan(FRAMES, 9, 7, limit);
        Tensor phantom = Tensor.phantom(DType.F32, FRAMES, 9, 7, CHANNELS);
        assertThat(DryRun.workspaceBytes(dry -> decoder.rehearse(plan, dry, phantom)))
                .isEqualTo(plan.workspaceBytes());
        List<String> heard = new ArrayList<>();
        Tensor frames = Tensor.zeros(arena, DType.F32, FRAMES, 18, 14, 3);
        try (Workspace workspace = new Workspace(backend, plan.workspaceBytes())) {
            decoder.decode(plan, workspace, latents, frames, (d, of) -> heard.add(d + "/" + of));
            assertThat(workspace.highWater()).isEqualTo(plan.workspaceBytes());
        }
        int total = time.pieces(FRAMES) * (plan.tiled() ? 9 : 1);
        assertThat(heard).hasSize(total + 1).startsWith("0/" + total).endsWith(total + "/" + total);
        assertThat(frames.toFloats()).contains(0f, 1f);
    }

    @Test
    void whatIsNoNumberStaysNone() {
        Tensor broken = Tensor.of(arena, latents.toFloats(), latents.shape().dims());
        backend.ops().fill(Float.NaN, broken.rows(11, 12));
        Tensor frames = Tensor.zeros(arena, DType.F32, FRAMES, 18, 14, 3);
        try (Workspace workspace = new Workspace(backend, 64 << 20)) {
            decoder(VaeKitTest::tiles, new FrameBatches(FRAMES))
                    .decode(workspace, broken, frames, VaeProgress.SILENT);
        }
        assertThat(frames.get(11).toFloats()).containsOnly(Float.NaN);
        assertThat(frames.rows(0, 11).toFloats()).doesNotContain(Float.NaN);
    }

    @Test
    void framesOfAnotherSizeAreRefused() {
        Tensor frames = Tensor.zeros(arena, DType.F32, FRAMES, 18, 7, 3);
        VaeDecoder decoder = decoder(VaeKitTest::tiles, new FrameBatches(FRAMES));
        try (Workspace workspace = new Workspace(backend, 64 << 20)) {
            assertThatThrownBy(() -> decoder.decode(workspace, latents, frames, VaeProgress.SILENT))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("frames");
        }
    }

    private VaeDecoder decoder(TileRule tiles, TimeCut time) {
        return new VaeDecoder(new Shape(), this::network, tiles, time);
    }

    private Tensor network(Workspace workspace, FrameCache cache, Tensor x) {
        Pass pass = new Pass(workspace, cache, null);
        Tensor large =
                workspace.allocate(
                        x.size(0), (long) TIMES * x.size(1), (long) TIMES * x.size(2), x.size(3));
        pass.ops().upsampleNearest(x, 1, TIMES, large);
        return conv.applyTo(pass, large, VaeScale.NONE);
    }

    private static TileGrid tiles(int height, int width) {
        return height <= 4 && width <= 4
                ? TileGrid.whole(height, width)
                : new TileGrid(height, width, 4, 4, 3, 3);
    }

    /** As the network gives them: [T, H, W, 3]. */
    private float[] rows(VaeDecoder decoder, long limit) {
        VaePlan plan = decoder.plan(FRAMES, 9, 7, limit);
        float[] values = new float[FRAMES * 18 * 14 * 3];
        try (Workspace workspace = new Workspace(backend, plan.workspaceBytes())) {
            decoder.decode(
                    plan,
                    workspace,
                    latents,
                    (frame, y, x, from, offset, count) ->
                            System.arraycopy(
                                    from, offset, values, ((frame * 18 + y) * 14 + x) * 3, count),
                    VaeProgress.SILENT);
        }
        return values;
    }

    private Tensor noise(long seed, long... dims) {
        Tensor tensor = Tensor.zeros(arena, DType.F32, dims);
        new TorchRandom(seed).normal(tensor);
        return tensor;
    }
}
