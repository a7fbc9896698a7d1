package org.svgen.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.checkpoint.EightBitLayers.BlockList;
import org.svgen.tensor.DType;
import org.svgen.tensor.Float8;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Storage;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.tensor.device.ForwardingBackend;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.Weight;
import org.svgen.tensor.op.Weight.Inputs;

/** Which matrices become 8 bits, and what becomes of them. */
class EightBitWeightsTest {
    private static final EightBitLayers LAYERS =
            EightBitLayers.within(new BlockList("double", 2), new BlockList("single", 2));
    private static final float[] NUMBERS = {1, -2, 3, 448, 0, 0, 1e-3f, 7e-4f};

    /** The same weight under any name. */
    private record Any(StoredWeight weight) implements StoredWeights {
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
            return Optional.of(weight);
        }

        @Override
        public String place(String name) {
            return "here";
        }
    }

    private static StoredWeights of(StoredWeight weight) {
        return LAYERS.of(new Any(weight));
    }

    private static StoredWeight matrix() {
        return StoredWeight.of(new MappedTensor(Tensor.of(Arena.ofAuto(), NUMBERS, 2, 4)));
    }

    private static StoredWeight found(StoredWeights weights, String name) {
        return weights.find(name, Shape.of(2, 4)).orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"double.1.attn.to_q.weight", "single.0.proj_out.weight"})
    void matricesWithinBlocksTakeInputsOf8Bits(String name) {
        assertThat(found(of(matrix()), name).inputs()).isEqualTo(Inputs.EIGHT_BITS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "double.0.attn.to_q.weight",
                "single.1.proj_out.weight",
                "double.1.norm1.linear.weight",
                "double.1.attn.to_q.bias",
                "proj_out.weight",
                "refiner.double.1.attn.to_q.weight",
                "double.11.attn.to_q.weight"
            })
    void allOthersStay(String name) {
        StoredWeight matrix = matrix();
        assertThat(found(of(matrix), name)).isSameAs(matrix);
    }

    @Test
    void vectorsAndFiltersStay() {
        StoredWeight vector =
                StoredWeight.of(new MappedTensor(Tensor.of(Arena.ofAuto(), NUMBERS, 8)));
        assertThat(of(vector).find("double.1.attn.norm.weight", Shape.of(8))).hasValue(vector);
        assertThat(of(vector).find("double.1.attn.x.weight", Shape.of(8))).hasValue(vector);
    }

    @Test
    void aModelOfTwoBlocksHasNoneWithin() {
        assertThat(EightBitLayers.within(new BlockList("blocks", 2)))
                .isEqualTo(EightBitLayers.NONE);
    }

    @Test
    void eachRowIsDividedByItsScale() {
        try (Backend cpu = Backends.open("cpu", note -> {});
                WeightMemory memory = WeightMemory.resident(cpu)) {
            Weight weight = WeightSource.of(of(matrix()), memory).weight("double.1.q.weight", 2, 4);
            float[] scales = Objects.requireNonNull(weight.scale()).toFloats();
            assertThat(scales).containsExactly(1, Float8.scale(1e-3f));
            assertThat(weight.values().dtype()).isEqualTo(DType.F8_E4M3);
            float[] values = weight.values().toFloats();
            for (int i = 0; i < 8; i++) {
                float number = values[i] * scales[i / 4];
                assertThat(number).isCloseTo(NUMBERS[i], within(Math.abs(NUMBERS[i]) / 16));
            }
        }
    }

    /** That of a layer which is streamed: it is computed once more, and not again. */
    @Test
    void aMatrixThatIsAskedForAgainIsKept() {
        StoredWeights weights = of(matrix());
        StoredWeight first = found(weights, "double.1.q.weight");
        assertThat(first.values()).isInstanceOf(ComputedTensor.class);
        StoredWeight second = found(weights, "double.1.q.weight");
        StoredWeight third = found(weights, "double.1.q.weight");
        assertThat(second.values()).isInstanceOf(MappedTensor.class);
        assertThat(third).isSameAs(second);
        try (Arena arena = Arena.ofShared()) {
            Tensor values = ((ComputedTensor) first.values()).in(DType.F8_E4M3, arena);
            assertThat(((MappedTensor) second.values()).tensor().toFloats())
                    .isEqualTo(values.toFloats());
            assertThat(Objects.requireNonNull(second.scale()).row(0))
                    .isEqualTo(Objects.requireNonNull(first.scale()).row(0));
        }
    }

    /** Values and scales find room in a place for a layer, the first time and later. */
    @Test
    void layersThatAreStreamedMultiplyAsThoseThatStay() {
        List<String> names = List.of("double.0", "double.1", "single.0", "single.1");
        WeightCount count = new WeightCount();
        layers(names, count);
        LayerStream plan = LayerStream.of(count.layers(), names.size());
        try (Backend cpu = Backends.open("cpu", note -> {});
                WeightMemory resident = WeightMemory.resident(cpu);
                WeightMemory streamed = WeightMemory.streamed(cpu, plan)) {
            List<Weight> stay = layers(names, resident);
            List<Weight> come = layers(names, streamed);
            for (int turn = 0; turn < 3; turn++) {
                for (int i = 0; i < names.size(); i++) {
                    assertThat(product(cpu, come.get(i)))
                            .as("turn %d, layer %d", turn, i)
                            .isEqualTo(product(cpu, stay.get(i)));
                }
            }
        }
    }

    private static List<Weight> layers(List<String> names, WeightMemory memory) {
        WeightSource source = WeightSource.of(of(matrix()), memory);
        return source.layers(names.size(), i -> source.weight(names.get(i) + ".q.weight", 2, 4));
    }

    private static float[] product(Backend backend, Weight weight) {
        Tensor x = Tensor.of(Arena.ofAuto(), new float[] {1, -3, 0.7f, 5}, 1, 4);
        Tensor out = Tensor.zeros(Arena.ofAuto(), DType.F32, 1, 2);
        backend.ops().linear(x, weight, null, Activation.NONE, out);
        return out.toFloats();
    }

    /** A device that copies: what is computed for one weight does not change another. */
    @Test
    void aDeviceGetsEachWeightOfItsOwn() {
        try (Backend cpu = Backends.open("cpu", note -> {});
                WeightMemory there = WeightMemory.resident(new Copying(cpu))) {
            WeightSource small = WeightSource.of(of(matrix()), there);
            Weight first = small.weight("double.1.q.weight", 2, 4);
            float[] before = product(cpu, first);
            Tensor zeros = Tensor.zeros(Arena.ofAuto(), DType.F32, 64, 4);
            WeightSource large =
                    WeightSource.of(of(StoredWeight.of(new MappedTensor(zeros))), there);
            Weight second = large.weight("double.1.q.weight", 64, 4);
            assertThat(second.values().toFloats()).containsOnly(0);
            assertThat(product(cpu, first)).isEqualTo(before);
        }
    }

    private static final class Copying extends ForwardingBackend {
        Copying(Backend other) {
            super(other);
        }

        @Override
        public boolean readsHost() {
            return false;
        }

        @Override
        public Tensor upload(Tensor host, DType dtype) {
            Tensor copy = Tensor.zeros(Arena.ofAuto(), dtype, host.shape().dims());
            copy.host().copyFrom(host.host());
            return copy;
        }

        @Override
        public void release(Storage storage) {}
    }

    @Test
    void whatComesAsE4m3KeepsItsValues() {
        Tensor bytes = Tensor.zeros(Arena.ofAuto(), DType.F8_E4M3, 2, 4);
        HostTensor one = new MappedTensor(Tensor.of(Arena.ofAuto(), new float[] {3}, 1));
        HostTensor rows = new MappedTensor(Tensor.of(Arena.ofAuto(), new float[] {3, 5}, 2));
        StoredWeight ofAll = coded(bytes, one);
        assertThat(ofAll.values()).isEqualTo(new MappedTensor(bytes));
        assertThat(ofAll.dtype()).isEqualTo(DType.F8_E4M3);
        assertThat(ofAll.inputs()).isEqualTo(Inputs.EIGHT_BITS);
        assertThat(Objects.requireNonNull(ofAll.scale()).row(0)).containsExactly(3, 3);
        assertThat(coded(bytes, rows).scale()).isSameAs(rows);
        assertThat(Objects.requireNonNull(coded(bytes, null).scale()).row(0)).containsExactly(1, 1);
    }

    /** No product takes them: their numbers are rounded as any others. */
    @Test
    void otherBitsBecomeE4m3() {
        Tensor bytes = Tensor.zeros(Arena.ofAuto(), DType.F8_E5M2, 2, 4);
        for (int i = 0; i < 8; i++) {
            bytes.host().set(ValueLayout.JAVA_BYTE, i, (byte) (0x38 + i)); // 0.5 to 1.75
        }
        StoredWeight weight = coded(bytes, null);
        assertThat(weight.dtype()).isEqualTo(DType.F8_E4M3);
        assertThat(weight.inputs()).isEqualTo(Inputs.EIGHT_BITS);
        assertThat(Objects.requireNonNull(weight.scale()).row(0))
                .containsExactly(Float8.scale(0.875f), Float8.scale(1.75f));
    }

    private static StoredWeight coded(Tensor bits, @Nullable HostTensor scale) {
        return found(of(StoredWeight.of(CodedTensor.of(bits, scale))), "double.1.q.weight");
    }
}
