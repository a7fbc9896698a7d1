package org.svgen.models.cogvideox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.pipeline.CancelledException;
import org.svgen.pipeline.Clip;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StepListener;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.random.TorchRandom;
import org.svgen.testkit.Goldens;
import org.svgen.testkit.TestDevice;
import org.svgen.tiles.Posterior;
import org.svgen.tiles.VaePlan;

class CogVideoXVaeTest {
    private static final String TINY = "cogvideox-t2v-tiny";
    private static final StepListener SILENT = new StepListener() {};

    private final Backend backend = TestDevice.open();
    private final Arena arena = Arena.ofShared();

    @AfterEach
    void close() {
        arena.close();
        backend.close();
    }

    @Test
    void aClipHoldsTheDecodedFramesIn0To1() {
        Tensor latents = noise(3, 2, 3, 4);
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.folder(TINY));
                Workspace workspace = new Workspace(backend, 64 << 20);
                Clip clip = decode(vae(checkpoint), latents, Long.MAX_VALUE)) {
            float[] expected =
                    VaeDecoder.load(
                                    CogVideoXVaeConfig.read(checkpoint.config("vae")),
                                    checkpoint.weights("vae", backend))
                            .apply(workspace, FrameCache.none(), latents)
                            .toFloats();
            for (int i = 0; i < expected.length; i++) {
                expected[i] = Math.clamp(expected[i] / 2 + 0.5f, 0f, 1f);
            }
            assertThat(expected).contains(0f).contains(1f);
            assertThat(clip.frames().toFloats()).containsExactly(expected, within(1e-6f));
        }
    }

    @Test
    void thePosteriorIsTheEncodersOutputInTwo() {
        Tensor video = noise(3, 16, 24, 3);
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.folder(TINY));
                Workspace workspace = new Workspace(backend, 64 << 20)) {
            CogVideoXVae vae = vae(checkpoint);
            float[] moments =
                    VaeEncoder.load(vae.config(), checkpoint.weights("vae", backend))
                            .apply(workspace, FrameCache.none(), video)
                            .toFloats();
            VaePlan plan = vae.planEncode(3, 16, 24, Long.MAX_VALUE);
            Posterior p = vae.encode(plan, workspace, video, arena, SILENT);
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
            CogVideoXVae vae = vae(checkpoint);
            assertThat(vae.config().videoFrames(latentFrames)).isEqualTo(videoFrames);
            decode(vae, noise(latentFrames, 2, 3, 4), Long.MAX_VALUE).close();
            decode(vae, noise(latentFrames, 5, 7, 4), 0).close();
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "4, 1", "5, 2", "8, 2", "9, 3", "17, 5", "25, 7"})
    void everyFrameCountEncodesInThePlannedMemory(int videoFrames, int latentFrames) {
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.folder(TINY))) {
            CogVideoXVae vae = vae(checkpoint);
            for (long limit : new long[] {Long.MAX_VALUE, 0}) {
                VaePlan plan = vae.planEncode(videoFrames, 40, 32, limit);
                try (Workspace workspace = new Workspace(backend, plan.workspaceBytes())) {
                    Tensor video = noise(videoFrames, 40, 32, 3);
                    Tensor mean = vae.encode(plan, workspace, video, arena, SILENT).mean();
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
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.folder(TINY));
                Clip a = decode(vae(checkpoint), latents, Long.MAX_VALUE);
                Clip b = decode(vae(checkpoint), changed, Long.MAX_VALUE);
                Clip c = decode(vae(checkpoint), latents.rows(0, 3), Long.MAX_VALUE)) {
            assertThat(a.frames().rows(0, 9).toFloats()).isEqualTo(c.frames().toFloats());
            assertThat(a.frames().rows(9, 10).toFloats())
                    .isNotEqualTo(b.frames().rows(9, 10).toFloats());
        }
    }

    @Test
    void tilesAreUsedOnlyWhereTheWholeDoesNotFit() {
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.folder(TINY))) {
            CogVideoXVae vae = vae(checkpoint);
            VaePlan whole = vae.planDecode(3, 8, 12, Long.MAX_VALUE);
            assertThat(vae.planDecode(3, 8, 12, whole.workspaceBytes())).isEqualTo(whole);
            VaePlan tiled = vae.planDecode(3, 8, 12, whole.workspaceBytes() - 1);
            assertThat(tiled.tiled()).isTrue();
            assertThat(tiled.workspaceBytes()).isLessThan(whole.workspaceBytes() / 2);
            assertThat(vae.planDecode(3, 4, 6, 0).tiled()).as("fits one tile").isFalse();
        }
    }

    @Test
    void aListenerHearsEveryBatchAndMayCancel() {
        List<String> heard = new ArrayList<>();
        StepListener impatient =
                new StepListener() {
                    @Override
                    public void progress(Stage stage, int done, int total) {
                        heard.add("%s %d/%d".formatted(stage, done, total));
                    }

                    @Override
                    public boolean cancelled() {
                        return heard.size() == 3;
                    }
                };
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.folder(TINY));
                Clip clip = new Clip(25, 16, 24, 8)) {
            CogVideoXVae vae = vae(checkpoint);
            VaePlan plan = vae.planDecode(7, 2, 3, Long.MAX_VALUE);
            try (Workspace workspace = new Workspace(backend, plan.workspaceBytes())) {
                Tensor latents = noise(7, 2, 3, 4);
                assertThatThrownBy(() -> vae.decode(plan, workspace, latents, clip, impatient))
                        .isInstanceOf(CancelledException.class);
            }
            assertThat(heard).containsExactly("DECODE 0/3", "DECODE 1/3", "DECODE 2/3");
        }
    }

    private CogVideoXVae vae(Checkpoint checkpoint) {
        return CogVideoXVae.load(checkpoint.config("vae"), checkpoint.weights("vae", backend));
    }

    /** Decodes and checks that the plan was right. */
    private Clip decode(CogVideoXVae vae, Tensor latents, long limit) {
        int ratio = vae.config().spatialRatio();
        int t = latents.size(0);
        int h = latents.size(1);
        int w = latents.size(2);
        Clip clip = new Clip(vae.config().videoFrames(t), h * ratio, w * ratio, 8);
        VaePlan plan = vae.planDecode(t, h, w, limit);
        try (Workspace workspace = new Workspace(backend, plan.workspaceBytes())) {
            vae.decode(plan, workspace, latents, clip, SILENT);
            assertThat(workspace.highWater()).isEqualTo(plan.workspaceBytes());
        }
        return clip;
    }

    private Tensor noise(long... dims) {
        Tensor tensor = Tensor.zeros(arena, DType.F32, dims);
        new TorchRandom(dims[0]).normal(tensor);
        return tensor;
    }
}
