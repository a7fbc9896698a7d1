package org.svgen.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.checkpoint.WeightCount.Layer;
import org.svgen.tensor.BFloat16;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Float8;
import org.svgen.tensor.HostStorage;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.Weight;

/** What decorators make of weights on their way from a file to a device. */
class ChangedWeightsTest {
    private static final int N = 3;
    private static final int K = 5;
    private static final float[] ROW_SCALES = {0.5f, 3, 0.1f};

    @TempDir Path folder;
    private final Arena arena = Arena.ofShared();
    private SafeTensors file;

    @BeforeEach
    void write() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("matrix", Tensor.of(arena, new float[] {1.001f, -2, 3, 4}, 2, 2));
        tensors.put("filter", Tensor.of(arena, new float[] {1.001f, -2}, 2, 1, 1, 1, 1));
        tensors.put("bias", Tensor.of(arena, new float[] {1.001f, 2}, 2));
        tensors.put("one.weight", float8());
        tensors.put("one.scale_weight", Tensor.of(arena, new float[] {0.75f}, new long[0]));
        tensors.put("rows.weight", float8());
        tensors.put("rows.weight_scale", Tensor.of(arena, ROW_SCALES, N, 1));
        SafeTensorsWriter.write(folder.resolve("m.safetensors"), tensors, Map.of());
        file = SafeTensors.open(folder.resolve("m.safetensors"));
    }

    @AfterEach
    void close() {
        file.close();
        arena.close();
    }

    private Tensor float8() {
        byte[] bits = new byte[N * K];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = (byte) (17 * i);
        }
        MemorySegment bytes = arena.allocate(bits.length);
        bytes.copyFrom(MemorySegment.ofArray(bits));
        return Tensor.of(DType.F8_E4M3, bytes, N, K);
    }

    /** What a row of those bytes stands for. */
    private static float number(int row, int column, float scale) {
        return Float8.e4m3((byte) (17 * (row * K + column))) * scale;
    }

    private static float scale(String layer, int row) {
        return layer.equals("one") ? 0.75f : ROW_SCALES[row];
    }

    private StoredWeights stored() {
        return new FileWeights(file);
    }

    @Test
    void roundsWhatActivationsAreMultipliedByAndNothingElse() {
        StoredWeights rounded = new RoundedWeights(stored(), DType.BF16);
        assertThat(find(rounded, "matrix").dtype()).isEqualTo(DType.BF16);
        assertThat(find(rounded, "filter").dtype()).isEqualTo(DType.BF16);
        assertThat(find(rounded, "bias").dtype()).isEqualTo(DType.F32);
        assertThat(find(new RoundedWeights(stored(), DType.F32), "matrix").dtype())
                .isEqualTo(DType.F32);
        StoredWeights scaled = new RoundedWeights(new ScaledFloat8(stored(), true), DType.BF16);
        assertThat(find(scaled, "one.weight").dtype()).isEqualTo(DType.F8_E4M3);
        StoredWeights numbers = new RoundedWeights(new ScaledFloat8(stored(), false), DType.F16);
        assertThat(find(numbers, "one.weight").dtype()).isEqualTo(DType.F16);
    }

    private static StoredWeight find(StoredWeights weights, String name) {
        return weights.find(name, Shape.of()).orElseThrow();
    }

    @Test
    void usesAFileInPlaceWhereNothingIsRounded() {
        try (Backend cpu = Backends.open("cpu", note -> {});
                WeightMemory memory = WeightMemory.resident(cpu)) {
            StoredWeights whole = new RoundedWeights(stored(), DType.F32);
            Tensor matrix = WeightSource.of(whole, memory).tensor("matrix", 2, 2);
            assertThat(matrix).isEqualTo(file.find("matrix").orElseThrow());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"one", "rows"})
    void multipliesByEightBitsAndTheirScale(String layer) {
        try (Backend cpu = Backends.open("cpu", note -> {});
                WeightMemory memory = WeightMemory.resident(cpu)) {
            WeightSource weights = WeightSource.of(new ScaledFloat8(stored(), true), memory);
            Weight weight = weights.at(layer).weight("weight", N, K);
            assertThat(weight.scaling())
                    .isEqualTo(layer.equals("one") ? Weight.Scaling.TENSOR : Weight.Scaling.ROWS);
            Tensor x = Tensor.of(arena, new float[] {1, -1, 2, 0.5f, 3}, 1, K);
            Tensor out = Tensor.zeros(arena, DType.F32, 1, N);
            cpu.ops().linear(x, weight, null, Activation.NONE, out);
            for (int n = 0; n < N; n++) {
                double sum = 0;
                for (int k = 0; k < K; k++) {
                    sum += (double) x.toFloats()[k] * number(n, k, scale(layer, n));
                }
                assertThat((double) out.toFloats()[n])
                        .isCloseTo(sum, within(1e-6 * (1 + Math.abs(sum))));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"one", "rows"})
    void givesTheNumbersThatEightBitsStandForRoundedOnce(String layer) {
        try (Backend cpu = Backends.open("cpu", note -> {});
                WeightMemory memory = WeightMemory.resident(cpu)) {
            StoredWeights numbers = new ScaledFloat8(stored(), false);
            Tensor bf16 = WeightSource.of(numbers, memory).tensor(layer + ".weight", N, K);
            Tensor f16 =
                    WeightSource.of(new RoundedWeights(numbers, DType.F16), memory)
                            .weight(layer + ".weight", N, K)
                            .values();
            assertThat(bf16.dtype()).isEqualTo(DType.BF16);
            assertThat(f16.dtype()).isEqualTo(DType.F16);
            for (int i = 0; i < N * K; i++) {
                float number = number(i / K, i % K, scale(layer, i / K));
                assertThat(bf16.toFloats()[i]).isEqualTo(BFloat16.round(number));
                assertThat(f16.toFloats()[i])
                        .isEqualTo(Float.float16ToFloat(Float.floatToFloat16(number)));
            }
        }
    }

    @Test
    void refusesAScaleWhereNothingIsMultipliedByIt() {
        WeightSource scaled = WeightSource.of(new ScaledFloat8(stored(), true), new WeightCount());
        assertThatThrownBy(() -> scaled.tensor("one.weight", N, K))
                .isInstanceOf(BadInputException.class)
                .hasMessage(
                        "%s: tensor \"one.weight\": expected numbers that need no scale, found"
                                + " f8_e4m3",
                        folder.resolve("m.safetensors"));
        WeightSource plain = WeightSource.of(stored(), new WeightCount());
        assertThatThrownBy(() -> plain.weight("one.weight", N, K))
                .isInstanceOf(BadInputException.class)
                .hasMessageEndingWith("found f8_e4m3: 8-bit weights are not supported");
    }

    @Test
    void countsWhatTheDeviceGetsWithoutComputingIt() {
        ChangedWeights never =
                new ChangedWeights() {
                    @Override
                    public StoredWeights stored() {
                        return ChangedWeightsTest.this.stored();
                    }

                    @Override
                    public StoredWeight changed(String name, StoredWeight weight) {
                        return StoredWeight.of(
                                new ComputedTensor(
                                        DType.F32,
                                        weight.shape(),
                                        row -> {
                                            throw new AssertionError("computed in a plan");
                                        }));
                    }
                };
        assertThat(count(stored(), DType.F32).layers()).containsExactly(new Layer(16, 256, 0));
        assertThat(count(stored(), DType.BF16).layers()).containsExactly(new Layer(8, 512, 0));
        assertThat(count(never, DType.BF16).layers()).containsExactly(new Layer(8, 256, 0));
        assertThat(count(never, DType.BF16).computedBytes()).isEqualTo(8);
        assertThat(count(stored(), DType.BF16).computedBytes()).isZero();
    }

    private static WeightCount count(StoredWeights weights, DType activation) {
        WeightCount count = new WeightCount();
        WeightSource source = WeightSource.of(new RoundedWeights(weights, activation), count);
        assertThat(source.layers(1, i -> source.weight("matrix", 2, 2))).hasSize(1);
        return count;
    }

    @Test
    void scalesGoToTheDeviceAndAreCountedToo() {
        WeightCount count = new WeightCount();
        WeightSource source = WeightSource.of(new ScaledFloat8(stored(), true), count);
        List<Weight> layer = source.layers(1, i -> source.weight("rows.weight", N, K));
        assertThat(layer.getFirst()).hasToString("f8_e4m3 [3, 5] with a scale of f32 [3]");
        assertThat(count.layers()).containsExactly(new Layer(N * K + 4 * N, 512, 0));
    }

    @Test
    void memoryOfComputedWeightsEndsWithTheirStage() {
        try (Backend cpu = Backends.open("cpu", note -> {})) {
            WeightMemory memory = WeightMemory.resident(cpu);
            Tensor computed =
                    WeightSource.of(new ScaledFloat8(stored(), false), memory)
                            .tensor("one.weight", N, K);
            MemorySegment bytes = ((HostStorage) computed.storage()).segment();
            assertThat(bytes.scope().isAlive()).isTrue();
            memory.close();
            memory.close(); // does nothing more
            assertThat(bytes.scope().isAlive()).isFalse();
        }
    }
}
