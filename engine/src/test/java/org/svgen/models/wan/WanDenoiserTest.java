package org.svgen.models.wan;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.models.wan.WanStep.Span;
import org.svgen.run.Blocks;
import org.svgen.sparse.AttentionStatistics;
import org.svgen.sparse.Dense;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.random.TorchRandom;
import org.svgen.testkit.Errors;
import org.svgen.testkit.Goldens;
import org.svgen.testkit.TestDevice;

/** Branches of guidance, a given frame, and joined channels. */
class WanDenoiserTest {
    private static final int TEXT = 512;
    private static final double TIME = 700;

    private final Arena arena = Arena.ofShared();
    private Backend backend;
    private Workspace workspace;

    @BeforeEach
    void open() {
        backend = TestDevice.open();
        workspace = new Workspace(backend, 1 << 26);
    }

    @AfterEach
    void close() {
        workspace.close();
        backend.close();
        arena.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"wan-t2v-tiny", "wan-i2v-tiny"})
    void branchesInOneBatchAndOneAfterTheOtherGiveTheSame(String folder) {
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.folder(folder))) {
            WanTransformer model = model(checkpoint);
            long[] dims = {1, 16, 3, 4, 6};
            WanDenoiser denoiser =
                    WanDenoiser.of(model, dims, told(model, dims, null), 5, workspace);
            assertThat(denoiser.shape().branches()).isEqualTo(2);
            Tensor x = random(3, 2, denoiser.grid().tokens(), model.config().width());
            float[] together = blocks(denoiser, TestDevice.on(backend, copy(x)), 2);
            float[] apart = blocks(denoiser, TestDevice.on(backend, copy(x)), 1);
            assertThat(Errors.relative(apart, together)).isLessThan(1e-5);
        }
    }

    @Test
    void largeBranchesGoOneAfterTheOther() {
        assertThat(WanStep.atOnce(Tensor.phantom(DType.F32, 2, 75_600, 5120))).isOne();
        assertThat(WanStep.atOnce(Tensor.phantom(DType.F32, 2, 32_760, 1536))).isOne();
        assertThat(WanStep.atOnce(Tensor.phantom(DType.F32, 2, 7_800, 1536))).isEqualTo(2);
        assertThat(WanStep.atOnce(Tensor.phantom(DType.F32, 1, 7_800, 1536))).isOne();
    }

    @Test
    void withoutGuidanceThePromptsBranchRunsAlone() {
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.folder("wan-t2v-tiny"))) {
            WanTransformer model = model(checkpoint);
            long[] dims = {1, 16, 3, 4, 6};
            WanTold told = told(model, dims, null);
            Tensor sample = TestDevice.on(backend, random(9, dims));
            float[] both = predict(WanDenoiser.of(model, dims, told, 5, workspace), sample);
            float[] one = predict(WanDenoiser.of(model, dims, told, 1, workspace), sample);
            assertThat(both).hasSize(2 * one.length);
            float[] prompt = Arrays.copyOfRange(both, one.length, both.length);
            assertThat(Errors.relative(one, prompt)).isLessThan(1e-5);
            assertThat(Errors.relative(Arrays.copyOf(both, one.length), prompt))
                    .as("other text")
                    .isGreaterThan(1e-3);
        }
    }

    @Test
    void aGivenFrameIsSeenInPlaceOfTheSamples() {
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.folder("wan22-ti2v-tiny"))) {
            WanTransformer model = model(checkpoint);
            long[] dims = {1, 48, 2, 4, 4};
            Tensor frame = random(4, 48, 1, 4, 4);
            WanDenoiser denoiser =
                    WanDenoiser.of(model, dims, told(model, dims, frame), 1, workspace);
            assertThat(denoiser.spans()).containsExactly(new Span(0, 4, 1), new Span(4, 8, 0));
            float[] of = predict(denoiser, TestDevice.on(backend, random(5, dims)));
            Tensor other = random(5, dims);
            for (int c = 0; c < 48; c++) {
                other.get(0).get(c).get(0).host().fill((byte) 0);
            }
            assertThat(predict(denoiser, TestDevice.on(backend, other))).isEqualTo(of);
            float[] seen = TestDevice.host(backend, denoiser.input()).toFloats();
            assertThat(Arrays.copyOf(seen, 16)).isEqualTo(frame.get(0).toFloats());
        }
    }

    @Test
    void channelsOfThePictureStandBehindTheLatents() {
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.folder("wan22-i2v-tiny"))) {
            WanTransformer model = model(checkpoint);
            long[] dims = {1, 16, 3, 4, 6};
            WanTold told = told(model, dims, null);
            WanDenoiser denoiser = WanDenoiser.of(model, dims, told, 1, workspace);
            Tensor sample = random(5, dims);
            predict(denoiser, TestDevice.on(backend, sample));
            Tensor input = TestDevice.host(backend, denoiser.input());
            assertThat(input.rows(0, 16).toFloats()).isEqualTo(sample.toFloats());
            assertThat(told.channels()).isNotNull();
            assertThat(input.rows(16, 36).toFloats()).isEqualTo(told.channels().toFloats());
        }
    }

    private WanTransformer model(Checkpoint checkpoint) {
        return WanTransformer.load(
                checkpoint.config("transformer"),
                checkpoint.weights("transformer", WeightMemory.resident(backend), DType.F32));
    }

    private WanTold told(WanTransformer model, long[] dims, @Nullable Tensor firstFrame) {
        WanConfig c = model.config();
        int added = c.inChannels() - c.outChannels();
        return new WanTold(
                List.of(random(1, TEXT, c.textDim()), random(2, TEXT, c.textDim())),
                c.imageDim().isPresent() ? random(6, 17, c.imageDim().getAsInt()) : null,
                added == 0 ? null : random(7, added, dims[2], dims[3], dims[4]),
                firstFrame);
    }

    private Tensor random(int seed, long... dims) {
        Tensor drawn = Tensor.zeros(arena, DType.F32, dims);
        new TorchRandom(seed).normal(drawn);
        return drawn;
    }

    private Tensor copy(Tensor host) {
        return Tensor.of(arena, host.toFloats(), host.shape().dims());
    }

    /** The stream behind all blocks. */
    private float[] blocks(WanDenoiser d, Tensor x, int atOnce) {
        try (var _ = workspace.scope()) {
            Tensor times = workspace.allocate(DType.F32, 1, d.model().config().freqDim());
            workspace.ops().fill(0.5f, times);
            Tensor parts = d.model().embedder().times(workspace, times).parts();
            WanStep step =
                    new WanStep(
                            workspace, d.context(), parts, d.spans(), d.rope(), dense(d), atOnce);
            for (WanBlock block : d.model().blocks()) {
                block.forward(step, x, null);
            }
            return TestDevice.host(backend, x).toFloats();
        }
    }

    private float[] predict(WanDenoiser d, Tensor sample) {
        long[] dims = sample.shape().dims();
        dims[0] = d.shape().branches();
        try (var _ = workspace.scope()) {
            Tensor out = workspace.allocate(DType.F32, dims);
            Tensor faults = workspace.allocate(DType.I32, d.shape().layers());
            d.predict(TIME, sample, dense(d), new Blocks(workspace.ops(), faults), out);
            return TestDevice.host(backend, out).toFloats();
        }
    }

    private static Dense dense(WanDenoiser d) {
        return new Dense(d.shape().geometry(), new AttentionStatistics(d.shape().layers()));
    }
}
