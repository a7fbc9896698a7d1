package org.svgen.models.cogvideox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
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
import org.svgen.testkit.Goldens;
import org.svgen.testkit.TestDevice;
import org.svgen.vae.FrameCache;
import org.svgen.vae.Frames;
import org.svgen.vae.Posterior;
import org.svgen.vae.VaePlan;
import org.svgen.vae.VaeProgress;
import org.svgen.vae.VideoDecoder;
import org.svgen.vae.VideoEncoder;

class CogVideoXVaeTest {
    private static final String TINY = "cogvideox-t2v-tiny";

    private final Backend backend = TestDevice.open();
    private final Arena arena = Arena.ofShared();

    @AfterEach
    void close() {
        arena.close();
        backend.close();
    }

    @Test
    void framesAreWhatTheNetworkGivesIn0To1() {
        Tensor latents = noise(3, 2, 3, 4);
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.folder(TINY));
                Workspace workspace = new Workspace(backend, 64 << 20)) {
            float[] expected =
                    CogVideoXVae.decoderNetwork(
                                    config(checkpoint),
                                    checkpoint.weights(
                                            "vae", WeightMemory.resident(backend), DType.F32))
                            .apply(workspace, FrameCache.none(), latents)
                            .toFloats();
            for (int i = 0; i < expected.length; i++) {
                expected[i] = Math.clamp(expected[i] / 2 + 0.5f, 0f, 1f);
            }
            assertThat(expected).contains(0f).contains(1f);
            assertThat(decode(decoder(checkpoint), latents, Long.MAX_VALUE).toFloats())
                    .containsExactly(expected, within(1e-6f));
        }
    }

    @Test
    void thePosteriorIsTheEncodersOutputInTwo() {
        Tensor video = noise(3, 16, 24, 3);
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.folder(TINY));
                Workspace workspace = new Workspace(backend, 64 << 20)) {
            float[] moments =
                    CogVideoXVae.encoderNetwork(
                                    config(checkpoint),
                                    checkpoint.weights(
                                            "vae", WeightMemory.resident(backend), DType.F32))
                            .apply(workspace, FrameCache.none(), video)
                            .toFloats();
            Posterior p =
                    encoder(checkpoint)
                            .encode(workspace, Frames.of(video), arena, VaeProgress.SILENT);
            assertThat(p.mean().shape().dims()).containsExactly(1, 2, 3, 4);
            float[] mean = p.mean().toFloats();
            float[] logVariance = p.logVariance().toFloats();
            for (int i = 0; i < mean.length; i++) {
                int at = i / 4 * 8 + i % 4;
                assertThat(mean[i]).isEqualTo(moments[at]);
                assertThat(logVariance[i]).isEqualTo(Math.clamp(moments[at + 4], -30f, 20f));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 8", "3, 9", "4, 16", "5, 17", "6, 24", "7, 25"})
    void everyFrameCountDecodesInThePlannedMemory(int latentFrames, int videoFrames) {
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.folder(TINY))) {
            VideoDecoder decoder = decoder(checkpoint);
            assertThat(decoder.shape().videoFrames(latentFrames)).isEqualTo(videoFrames);
            decode(decoder, noise(latentFrames, 2, 3, 4), Long.MAX_VALUE);
            decode(decoder, noise(latentFrames, 5, 7, 4), 0);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "4, 1", "5, 2", "8, 2", "9, 3", "17, 5", "25, 7"})
    void everyFrameCountEncodesInThePlannedMemory(int videoFrames, int latentFrames) {
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.folder(TINY))) {
            VideoEncoder encoder = encoder(checkpoint);
            for (long limit : new long[] {Long.MAX_VALUE, 0}) {
                VaePlan plan = encoder.plan(videoFrames, 40, 32, limit);
                try (Workspace workspace = new Workspace(backend, plan.workspaceBytes())) {
                    Tensor video = noise(videoFrames, 40, 32, 3);
                    Tensor mean =
                            encoder.encode(plan, workspace, video, arena, VaeProgress.SILENT)
                                    .mean();
                    assertThat(mean.shape().dims()).containsExactly(latentFrames, 5, 4, 4);
                    assertThat(workspace.highWater()).isEqualTo(plan.workspaceBytes());
                }
            }
        }
    }

    @Test
    void framesOfLaterBatchesDependOnEarlierOnesOnlyThroughTheCache() {
        Tensor latents = noise(5, 2, 3, 4);
        Tensor changed = Tensor.of(arena, latents.toFloats(), latents.shape().dims());
        backend.ops().fill(0, changed.rows(0, 3));
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.folder(TINY))) {
            VideoDecoder decoder = decoder(checkpoint);
            Tensor a = decode(decoder, latents, Long.MAX_VALUE);
            Tensor b = decode(decoder, changed, Long.MAX_VALUE);
            Tensor c = decode(decoder, latents.rows(0, 3), Long.MAX_VALUE);
            assertThat(a.rows(0, 9).toFloats()).isEqualTo(c.toFloats());
            assertThat(a.rows(9, 10).toFloats()).isNotEqualTo(b.rows(9, 10).toFloats());
        }
    }

    @Test
    void tilesAreUsedOnlyWhereTheWholeDoesNotFit() {
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.folder(TINY))) {
            VideoDecoder decoder = decoder(checkpoint);
            VaePlan whole = decoder.plan(3, 8, 12, Long.MAX_VALUE);
            assertThat(decoder.plan(3, 8, 12, whole.workspaceBytes())).isEqualTo(whole);
            VaePlan tiled = decoder.plan(3, 8, 12, whole.workspaceBytes() - 1);
            assertThat(tiled.tiled()).isTrue();
            assertThat(tiled.workspaceBytes()).isLessThan(whole.workspaceBytes() / 2);
            assertThat(decoder.plan(3, 4, 6, 0).tiled()).as("fits one tile").isFalse();
        }
    }

    @Test
    void everyBatchIsHeardOf() {
        List<String> heard = new ArrayList<>();
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.folder(TINY));
                Workspace workspace = new Workspace(backend, 64 << 20)) {
            Tensor frames = Tensor.zeros(arena, DType.F32, 25, 16, 24, 3);
            decoder(checkpoint)
                    .decode(
                            workspace,
                            noise(7, 2, 3, 4),
                            frames,
                            (done, total) -> heard.add(done + "/" + total));
        }
        assertThat(heard).containsExactly("0/3", "1/3", "2/3", "3/3");
    }

    private static CogVideoXVaeConfig config(Checkpoint checkpoint) {
        return CogVideoXVaeConfig.read(checkpoint.config("vae"));
    }

    private VideoDecoder decoder(Checkpoint checkpoint) {
        return CogVideoXVae.decoder(
                config(checkpoint),
                checkpoint.weights("vae", WeightMemory.resident(backend), DType.F32));
    }

    private VideoEncoder encoder(Checkpoint checkpoint) {
        return CogVideoXVae.encoder(
                config(checkpoint),
                checkpoint.weights("vae", WeightMemory.resident(backend), DType.F32));
    }

    /** Decodes and checks that the plan was right. */
    private Tensor decode(VideoDecoder decoder, Tensor latents, long limit) {
        int ratio = decoder.shape().spatialRatio();
        int t = latents.size(0);
        int h = latents.size(1);
        int w = latents.size(2);
        Tensor frames =
                Tensor.zeros(
                        arena,
                        DType.F32,
                        decoder.shape().videoFrames(t),
                        (long) h * ratio,
                        (long) w * ratio,
                        3);
        VaePlan plan = decoder.plan(t, h, w, limit);
        try (Workspace workspace = new Workspace(backend, plan.workspaceBytes())) {
            decoder.decode(plan, workspace, latents, frames, VaeProgress.SILENT);
            assertThat(workspace.highWater()).isEqualTo(plan.workspaceBytes());
        }
        return frames;
    }

    private Tensor noise(long... dims) {
        Tensor tensor = Tensor.zeros(arena, DType.F32, dims);
        new TorchRandom(dims[0]).normal(tensor);
        return tensor;
    }
}
