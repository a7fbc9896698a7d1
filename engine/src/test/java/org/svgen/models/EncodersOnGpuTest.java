package org.svgen.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.svgen.checkpoint.SyntheticWeights;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.checkpoint.WeightSource;
import org.svgen.nn.ClipShape;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.DryRun;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Activation;
import org.svgen.testkit.TestDevice;
import org.svgen.text.T5Config;
import org.svgen.text.T5Encoder;
import org.svgen.text.Tokens;
import org.svgen.vision.ClipVisionConfig;
import org.svgen.vision.ClipVisionEncoder;

/** Wan's encoders in their published sizes take a small part of a run. Weights are random. */
@Tag("gpu")
class EncodersOnGpuTest {
    /** Of umt5-xxl, but for the words that it knows. */
    private static final T5Config UMT5 =
            new T5Config(
                    1000,
                    4096,
                    64,
                    10240,
                    24,
                    64,
                    Activation.GELU_TANH,
                    true,
                    32,
                    128,
                    1e-6f,
                    true);

    private static final ClipVisionConfig CLIP =
            new ClipVisionConfig(new ClipShape(1280, 16, 5120, 32, false, 1e-5f), 224, 14);

    @Test
    void twoPromptsOfAllTokensTakeASecondAtMost() {
        try (Backend backend = TestDevice.open();
                SyntheticWeights random = new SyntheticWeights();
                WeightMemory memory = WeightMemory.resident(backend)) {
            T5Encoder encoder = T5Encoder.load(UMT5, WeightSource.of(random, memory), DType.BF16);
            int[] ids = new int[512];
            Arrays.setAll(ids, i -> 1 + i);
            Tokens all = new Tokens(ids, ids.length, 0);
            Tokens few = new Tokens(ids, 120, 0);
            long[] dims = {ids.length, UMT5.width()};
            Duration whole = time(backend, dims, (ws, out) -> encoder.encodeUsed(ws, all, out));
            Duration part = time(backend, dims, (ws, out) -> encoder.encodeUsed(ws, few, out));
            assertThat(whole.multipliedBy(2))
                    .as("512 tokens in %s, 120 in %s", whole, part)
                    .isLessThan(Duration.ofSeconds(1));
            assertThat(part).as("120 tokens").isLessThan(Duration.ofMillis(100));
        }
    }

    @Test
    void aPictureTakesATenthOfASecondAtMost() {
        try (Arena arena = Arena.ofShared();
                Backend backend = TestDevice.open();
                SyntheticWeights random = new SyntheticWeights();
                WeightMemory memory = WeightMemory.resident(backend)) {
            ClipVisionEncoder encoder =
                    ClipVisionEncoder.load(CLIP, WeightSource.of(random, memory));
            Tensor pixels = TestDevice.on(backend, Tensor.zeros(arena, DType.F32, 3, 224, 224));
            Duration taken =
                    time(
                            backend,
                            new long[] {CLIP.tokens(), CLIP.width()},
                            (ws, out) -> encoder.encode(ws, pixels, out));
            assertThat(taken).isLessThan(Duration.ofMillis(100));
        }
    }

    /** Of the second call: the first one loads kernels. */
    private static Duration time(
            Backend backend, long[] dims, BiConsumer<Workspace, Tensor> encode) {
        try (Arena arena = Arena.ofShared()) {
            Tensor out = TestDevice.on(backend, Tensor.zeros(arena, DType.F32, dims));
            long bytes = DryRun.workspaceBytes(ws -> encode.accept(ws, out));
            try (Workspace ws = new Workspace(backend, bytes)) {
                encode.accept(ws, out);
                TestDevice.host(backend, out);
                long start = System.nanoTime();
                encode.accept(ws, out);
                float[] values = TestDevice.host(backend, out).toFloats();
                Duration taken = Duration.ofNanos(System.nanoTime() - start);
                for (float value : values) {
                    assertThat(Float.isFinite(value)).isTrue();
                }
                return taken;
            }
        }
    }
}
