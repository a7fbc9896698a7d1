package org.svgen.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.random.TorchRandom;

/** Against the numbers that torch 2.11 drew. */
class TorchRandomTest {
    private static final Map<String, GoldenTensor> TORCH =
            Goldens.tensors("random", "torch_cpu_generator.safetensors");

    @ParameterizedTest
    @ValueSource(longs = {0, 42, 1099511627783L})
    void floatsEqualTorchBitForBit(long seed) {
        for (String size : new String[] {"5", "15", "16", "17", "1x13x4x6x8"}) {
            float[] expected = golden("f32_%d_%s".formatted(seed, size)).floats();
            float[] actual = new float[expected.length];
            new TorchRandom(seed).normal(actual);
            assertThat(actual).as("size %s", size).containsExactly(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 42, 1099511627783L})
    void bfloat16sEqualTorchBitForBit(long seed) {
        for (String size : new String[] {"5", "15", "16", "17", "1x13x4x6x8"}) {
            GoldenTensor expected = golden("bf16_%d_%s".formatted(seed, size));
            try (Arena arena = Arena.ofConfined()) {
                Tensor actual = Tensor.zeros(arena, DType.BF16, expected.shape().dims());
                new TorchRandom(seed).normal(actual);
                assertThat(actual.toFloats())
                        .as("size %s", size)
                        .containsExactly(expected.floats());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 42, 1099511627783L})
    void integersEqualTorch(long seed) {
        long[] expected = golden("randint10000_" + seed).longs();
        assertThat(new TorchRandom(seed).integers(0, 10000, expected.length))
                .containsExactly(expected);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 42, 1099511627783L})
    void drawsGoOnInOneStreamAndKeepTheSpareNumber(long seed) {
        TorchRandom random = new TorchRandom(seed);
        float[] first = new float[7]; // odd and short: leaves a spare
        float[] second = new float[20];
        float[] third = new float[3];
        random.normal(first);
        random.normal(second);
        random.normal(third);
        assertThat(concat(first, second, third))
                .containsExactly(golden("two_draws_" + seed).floats());
    }

    @Test
    void floatTensorsHoldTheSameNumbersAsArrays() {
        float[] expected = new float[35];
        new TorchRandom(1).normal(expected);
        try (Arena arena = Arena.ofConfined()) {
            Tensor actual = Tensor.zeros(arena, DType.F32, 5, 7);
            new TorchRandom(1).normal(actual);
            assertThat(actual.toFloats()).containsExactly(expected);
        }
    }

    @Test
    void wideRangesStayInTheirBounds() {
        long[] wide = new TorchRandom(5).integers(-3, 1L << 40, 1000);
        assertThat(LongStream.of(wide))
                .allMatch(i -> i >= -3 && i < 1L << 40)
                .anyMatch(i -> i > 1L << 32);
    }

    @Test
    void anEmptyRangeIsRefused() {
        assertThatThrownBy(() -> new TorchRandom(5).integers(4, 4, 1))
                .hasMessageContaining("4 to 4");
    }

    private static float[] concat(float[]... parts) {
        float[] all = new float[0];
        for (float[] part : parts) {
            int n = all.length;
            all = Arrays.copyOf(all, n + part.length);
            System.arraycopy(part, 0, all, n, part.length);
        }
        return all;
    }

    private static GoldenTensor golden(String name) {
        return Objects.requireNonNull(TORCH.get(name), name);
    }
}
