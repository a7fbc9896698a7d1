package org.svgen.vae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops.Border;
import org.svgen.tensor.op.Weight;
import org.svgen.tensor.random.TorchRandom;
import org.svgen.testkit.TestDevice;

class CausalConvTest {
    @ParameterizedTest
    @CsvSource({"ZEROS, COPIES", "EDGE, COPIES", "ZEROS, ZEROS", "EDGE, ZEROS"})
    void inBatchesEqualsOneOverAllFrames(Border border, Past past) {
        try (Arena arena = Arena.ofShared();
                Backend backend = TestDevice.open();
                Workspace workspace = new Workspace(backend, 1 << 20)) {
            CausalConv conv =
                    new CausalConv(
                            Weight.of(noise(arena, 4, 3, 3, 3, 3)), noise(arena, 4), border, past);
            Tensor x = noise(arena, 8, 5, 6, 3);
            float[] whole =
                    conv.applyTo(new Pass(workspace, FrameCache.none(), null), x, VaeScale.NONE)
                            .toFloats();
            FrameCache cache =
                    FrameCache.reserve(
                            workspace,
                            (dry, recorder) ->
                                    conv.applyTo(new Pass(dry, recorder, null), x, VaeScale.NONE));
            Pass pass = new Pass(workspace, cache, null);
            int[] ends = {3, 4, 6, 8}; // a batch of one frame among them
            int from = 0;
            for (int to : ends) {
                cache.begin(from == 0, to == 8);
                float[] part = conv.applyTo(pass, x.rows(from, to), VaeScale.NONE).toFloats();
                int frame = 5 * 6 * 4;
                assertThat(part)
                        .as("frames %d..%d", from, to)
                        .containsExactly(
                                Arrays.copyOfRange(whole, from * frame, to * frame), within(1e-5f));
                from = to;
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"ZEROS, COPIES", "EDGE, COPIES", "ZEROS, ZEROS"})
    void inputsThatANormWritesLookBackAtOthers(Border border, Past past) {
        try (Arena arena = Arena.ofShared();
                Backend backend = TestDevice.open();
                Workspace workspace = new Workspace(backend, 1 << 20)) {
            CausalConv conv =
                    new CausalConv(
                            Weight.of(noise(arena, 4, 3, 3, 3, 3)), noise(arena, 4), border, past);
            Tensor x = noise(arena, 8, 5, 6, 3);
            FrameCache cache =
                    FrameCache.reserve(
                            workspace,
                            (dry, recorder) -> convolved(conv, new Pass(dry, recorder, null), x));
            Pass pass = new Pass(workspace, cache, null);
            FrameCache none = FrameCache.none();
            float[] whole = convolved(conv, new Pass(workspace, none, null), x).toFloats();
            int[] ends = {3, 4, 6, 8}; // a batch of one frame among them
            int from = 0;
            for (int to : ends) {
                cache.begin(from == 0, to == 8);
                int frame = 5 * 6 * 4;
                assertThat(convolved(conv, pass, x.rows(from, to)).toFloats())
                        .as("frames %d..%d", from, to)
                        .containsExactly(
                                Arrays.copyOfRange(whole, from * frame, to * frame), within(1e-5f));
                from = to;
            }
        }
    }

    /** With an identity in place of the norm. */
    private static Tensor convolved(CausalConv conv, Pass pass, Tensor x) {
        Tensor input = conv.allocateNormed(pass.workspace(), x, true);
        int margin = (input.size(1) - x.size(1)) / 2;
        Tensor to = conv.frames(input);
        if (margin == 0) {
            pass.ops().convert(x, to);
        } else {
            float[] pixels = x.toFloats();
            float[] bordered = new float[(int) to.elements()];
            int c = x.size(3);
            for (int i = 0; i < bordered.length; i++) {
                int px = Math.clamp(i / c % to.size(2) - margin, 0, x.size(2) - 1);
                int py = Math.clamp(i / c / to.size(2) % to.size(1) - margin, 0, x.size(1) - 1);
                int t = i / c / to.size(2) / to.size(1);
                bordered[i] = pixels[((t * x.size(1) + py) * x.size(2) + px) * c + i % c];
            }
            pass.workspace()
                    .backend()
                    .write(Tensor.of(Arena.ofAuto(), bordered, to.shape().dims()), to);
        }
        Tensor out = pass.allocateLike(x, conv.outputs());
        conv.apply(pass, input, out);
        return out;
    }

    @Test
    void beforeTheFirstFrameAreZeros() {
        try (Arena arena = Arena.ofShared();
                Backend backend = TestDevice.open();
                Workspace workspace = new Workspace(backend, 1 << 20)) {
            Tensor bias = Tensor.of(arena, new float[] {5}, 1);
            Tensor ones = Tensor.of(arena, new float[] {1, 10, 100}, 1, 1, 3, 1, 1);
            Tensor x = Tensor.of(arena, new float[] {1, 2, 3, 4}, 4, 1, 1, 1);
            assertThat(sums(workspace, Past.ZEROS, ones, bias, x))
                    .containsExactly(105, 215, 326, 437);
            assertThat(sums(workspace, Past.COPIES, ones, bias, x))
                    .containsExactly(116, 216, 326, 437);
        }
    }

    /** No frames, then all: what is before them are zeros all the same. */
    @Test
    void aBatchMayBeEmpty() {
        try (Arena arena = Arena.ofShared();
                Backend backend = TestDevice.open();
                Workspace workspace = new Workspace(backend, 1 << 20)) {
            Tensor bias = Tensor.of(arena, new float[] {5}, 1);
            Tensor ones = Tensor.of(arena, new float[] {1, 10, 100}, 1, 1, 3, 1, 1);
            Tensor x = Tensor.of(arena, new float[] {1, 2, 3, 4}, 4, 1, 1, 1);
            CausalConv conv = new CausalConv(Weight.of(ones), bias, Border.ZEROS, Past.ZEROS);
            FrameCache cache =
                    FrameCache.reserve(
                            workspace,
                            (dry, recorder) ->
                                    conv.applyTo(
                                            new Pass(dry, recorder, null),
                                            x.rows(0, 0),
                                            VaeScale.NONE));
            Pass pass = new Pass(workspace, cache, null);
            cache.begin(true, false);
            assertThat(conv.applyTo(pass, x.rows(0, 0), VaeScale.NONE).elements()).isZero();
            cache.begin(false, true);
            assertThat(conv.applyTo(pass, x, VaeScale.NONE).toFloats())
                    .containsExactly(105, 215, 326, 437);
        }
    }

    private static float[] sums(
            Workspace workspace, Past past, Tensor weight, Tensor bias, Tensor x) {
        CausalConv conv = new CausalConv(Weight.of(weight), bias, Border.ZEROS, past);
        return conv.applyTo(new Pass(workspace, FrameCache.none(), null), x, VaeScale.NONE)
                .toFloats();
    }

    private static Tensor noise(Arena arena, long... dims) {
        Tensor tensor = Tensor.zeros(arena, DType.F32, dims);
        new TorchRandom(dims.length).normal(tensor);
        return tensor;
    }
}
