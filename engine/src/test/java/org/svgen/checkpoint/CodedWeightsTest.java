package org.svgen.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.block.BlockFormat;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.Weight;
import org.svgen.testkit.BlockDefinitions;

/** Weights in few bits on their way from a file to a product. */
class CodedWeightsTest {
    private static final int ROWS = 6;
    private static final int COLUMNS = 512;

    private final Arena arena = Arena.ofAuto();
    private final Random random = new Random(7);

    private Tensor bytes(DType type, byte[] bytes, long... dims) {
        Tensor tensor = Tensor.zeros(arena, type, dims);
        tensor.host().copyFrom(MemorySegment.ofArray(bytes));
        return tensor;
    }

    private CodedTensor blocks(BlockFormat format) {
        int count = ROWS * COLUMNS / format.numbers();
        byte[] all = BlockDefinitions.random(format, count, random);
        return new CodedTensor(
                bytes(DType.U8, all, all.length), format, null, Shape.of(ROWS, COLUMNS));
    }

    private CodedTensor float8() {
        byte[] all = new byte[ROWS * COLUMNS];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) random.nextInt(0x70);
        }
        float[] scales = new float[ROWS];
        for (int i = 0; i < ROWS; i++) {
            scales[i] = 0.1f * (i + 1);
        }
        return CodedTensor.of(
                bytes(DType.F8_E4M3, all, ROWS, COLUMNS),
                new MappedTensor(Tensor.of(arena, scales, ROWS)));
    }

    private List<CodedTensor> both() {
        return List.of(blocks(BlockFormat.Q4_K), float8());
    }

    private record One(HostTensor tensor) implements StoredWeights {
        @Override
        public Set<String> names() {
            return Set.of();
        }

        @Override
        public boolean has(String name) {
            return true;
        }

        @Override
        public Optional<StoredWeight> find(String name, Shape shape) {
            return Optional.of(StoredWeight.of(tensor));
        }

        @Override
        public String place(String name) {
            return "here";
        }
    }

    private static Weight weight(HostTensor tensor, DType activation, WeightMemory memory) {
        return WeightSource.of(new RoundedWeights(new One(tensor), activation), memory)
                .weight("w", ROWS, COLUMNS);
    }

    private static float[] product(Backend backend, Weight weight) {
        float[] ones = new float[COLUMNS];
        for (int i = 0; i < COLUMNS; i++) {
            ones[i] = i % 7 - 2.5f;
        }
        Tensor out = Tensor.zeros(Arena.ofAuto(), DType.F32, 1, ROWS);
        backend.ops()
                .linear(
                        Tensor.of(Arena.ofAuto(), ones, 1, COLUMNS),
                        weight,
                        null,
                        Activation.NONE,
                        out);
        return out.toFloats();
    }

    /** As before, when the numbers were made on the way. */
    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16", "F16"})
    void multiplyAsTheirNumbersRoundedOnTheWayDo(DType activation) {
        try (Backend cpu = Backends.open("cpu", note -> {});
                WeightMemory memory = WeightMemory.resident(cpu)) {
            for (CodedTensor coded : both()) {
                Weight plain = weight(coded.computed(), activation, memory);
                assertThat(plain.isPlain()).isTrue();
                Weight kept = weight(coded, activation, memory);
                assertThat(kept.isPlain()).isFalse();
                assertThat(product(cpu, kept)).isEqualTo(product(cpu, plain));
            }
        }
    }

    /** Nothing is copied where a device reads the host's memory. */
    @Test
    void stayWhereTheyLie() {
        try (Backend cpu = Backends.open("cpu", note -> {});
                WeightMemory memory = WeightMemory.resident(cpu)) {
            for (CodedTensor coded : both()) {
                Weight kept = weight(coded, DType.F32, memory);
                assertThat(kept.values().host()).isEqualTo(coded.bits().host());
            }
        }
    }

    @Test
    void takeTheMemoryOfTheirBits() {
        WeightCount count = new WeightCount();
        weight(blocks(BlockFormat.Q4_K), DType.BF16, count);
        assertThat(count.bytes()).isEqualTo(ROWS * COLUMNS / 256 * 144);
        assertThat(count.computedBytes()).isZero();
        weight(float8(), DType.BF16, count);
        assertThat(count.bytes()).isEqualTo(ROWS * COLUMNS / 256 * 144 + ROWS * COLUMNS + ROWS * 4);
    }

    @Test
    void streamedLayersTakeTheMemoryOfTheirBitsAndMultiplyAsThoseThatStay() {
        List<CodedTensor> layers = List.of(blocks(BlockFormat.Q6_K), float8(), float8());
        WeightCount count = new WeightCount();
        weights(layers, count);
        assertThat(count.layers().getFirst().bytes()).isEqualTo(ROWS * COLUMNS / 256 * 210);
        assertThat(count.layers().getFirst().streamBytes())
                .isEqualTo(WeightCount.aligned(ROWS * COLUMNS / 256 * 210));
        LayerStream plan = LayerStream.of(count.layers(), layers.size());
        try (Backend cpu = Backends.open("cpu", note -> {});
                WeightMemory resident = WeightMemory.resident(cpu);
                WeightMemory streamed = WeightMemory.streamed(cpu, plan)) {
            List<Weight> stay = weights(layers, resident);
            List<Weight> come = weights(layers, streamed);
            for (int turn = 0; turn < 2; turn++) {
                for (int i = 0; i < layers.size(); i++) {
                    assertThat(product(cpu, come.get(i))).isEqualTo(product(cpu, stay.get(i)));
                }
            }
        }
    }

    private static List<Weight> weights(List<CodedTensor> layers, WeightMemory memory) {
        return memory.layers(layers.size(), i -> weight(layers.get(i), DType.BF16, memory));
    }

    /** Norms and biases are read by operations that know no bits. */
    @Test
    void becomeNumbersWhereATensorIsAskedFor() {
        try (Backend cpu = Backends.open("cpu", note -> {});
                WeightMemory memory = WeightMemory.resident(cpu)) {
            for (CodedTensor coded : both()) {
                Tensor tensor = WeightSource.of(new One(coded), memory).tensor("w", ROWS, COLUMNS);
                for (int row = 0; row < ROWS; row++) {
                    assertThat(tensor.get(row).toFloats()).isEqualTo(coded.row(row));
                }
            }
        }
    }

    /** Tools flatten filters: rows of these may begin within a block, and no product takes them. */
    @Test
    void becomeNumbersWhereRowsAreNoWholeBlocks() {
        CodedTensor all = blocks(BlockFormat.Q8_0);
        CodedTensor other = new CodedTensor(all.bits(), all.blocks(), null, Shape.of(192, 16));
        try (Backend cpu = Backends.open("cpu", note -> {});
                WeightMemory memory = WeightMemory.resident(cpu)) {
            Weight weight = WeightSource.of(new One(other), memory).weight("w", 192, 16);
            assertThat(weight.isPlain()).isTrue();
            assertThat(weight.values().get(3).toFloats()).isEqualTo(other.row(3));
        }
    }
}
