package org.svgen.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.block.BlockFormat;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.Weight;

/**
 * Weights that lie in fewer bits than their numbers have, in blocks or as 8-bit floats with a
 * scale: rows are the numbers of the definition, bit for bit, and products those of the numbers.
 */
public abstract class CodedWeightsContract extends BackendContract {
    private static final List<DType> TYPES = List.of(DType.F32, DType.BF16, DType.F16);

    private final Random bits = new Random(24);

    private Weight blocks(BlockFormat format, DType type, int n, int k) {
        byte[] all = BlockDefinitions.random(format, n * k / format.numbers(), bits);
        Tensor bytes = Tensor.zeros(Arena.ofAuto(), DType.U8, n, all.length / n);
        bytes.host().copyFrom(MemorySegment.ofArray(all));
        return Weight.of(bytes, format, type);
    }

    private Weight scaled(DType values, boolean rows, DType type, int n, int k) {
        return new Weight(
                bytes(values, n, k),
                random(DType.F32, rows ? n : 1),
                Weight.Inputs.FULL,
                null,
                type);
    }

    private List<Weight> weights(DType type, int n, int k) {
        List<Weight> all = new ArrayList<>();
        for (BlockFormat format : BlockFormat.values()) {
            all.add(blocks(format, type, n, k));
        }
        for (DType values : List.of(DType.F8_E4M3, DType.F8_E5M2)) {
            all.add(scaled(values, false, type, n, k));
            all.add(scaled(values, true, type, n, k));
        }
        return all;
    }

    /** The numbers of a weight as a tensor of their type. */
    private static Tensor numbers(Weight weight) {
        double[] values = Doubles.of(weight).values();
        Tensor plain = Tensor.zeros(Arena.ofAuto(), weight.dtype(), weight.size(0), weight.size(1));
        for (int i = 0; i < values.length; i++) {
            Doubles.put(plain, i, values[i]);
        }
        return plain;
    }

    private void rowsAreExact(Weight weight) {
        Tensor ids = ints(new int[] {2, 0, 4, 2}, 4);
        Tensor out = poisoned(DType.F32, 4, weight.size(1));
        float[] found =
                run(out, (at, to) -> at.ops().embedding(at.on(ids), at.on(weight), to)).toFloats();
        float[] expected =
                reference(out, (at, to) -> at.ops().embedding(at.on(ids), at.on(weight), to))
                        .toFloats();
        for (int i = 0; i < found.length; i++) {
            found[i] += 0f; // there is no minus 0 in sums
            expected[i] += 0f;
        }
        assertThat(found).as("%s as %s", weight, weight.dtype()).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource
    void rowsOfBlocksAreTheNumbersOfTheDefinition(BlockFormat format) {
        for (DType type : TYPES) {
            rowsAreExact(blocks(format, type, 5, 768));
        }
    }

    /** Rows of 90 numbers are read one by one, those of 96 eight at a time. */
    @ParameterizedTest
    @EnumSource(names = {"F8_E4M3", "F8_E5M2"})
    void rowsOf8BitFloatsAreTheirProductsWithTheScale(DType values) {
        for (DType type : TYPES) {
            for (boolean rows : new boolean[] {false, true}) {
                rowsAreExact(scaled(values, rows, type, 5, 90));
                rowsAreExact(scaled(values, rows, type, 5, 96));
            }
        }
    }

    /** Not a number stays none, whatever the scale. */
    @Test
    void notANumberIsKept() {
        Tensor values = Tensor.zeros(Arena.ofAuto(), DType.F8_E4M3, 2, 8);
        values.host().set(ValueLayout.JAVA_BYTE, 3, (byte) 0x7f);
        values.host().set(ValueLayout.JAVA_BYTE, 12, (byte) 0xff);
        Weight weight = new Weight(values, Tensor.of(Arena.ofAuto(), new float[] {2}, 1));
        Tensor ids = ints(new int[] {0, 1}, 2);
        Tensor found =
                run(
                        poisoned(DType.F32, 2, 8),
                        (at, out) -> at.ops().embedding(at.on(ids), at.on(weight), out));
        float[] expected = new float[16];
        expected[3] = Float.NaN;
        expected[12] = Float.NaN;
        assertThat(found.toFloats()).isEqualTo(expected);
    }

    /** Of one row, and of so many that other kernels or a library compute them. */
    @ParameterizedTest
    @ValueSource(ints = {1, 66})
    void productsAreThoseOfTheNumbersBitForBit(int m) {
        Tensor x = random(m, 256);
        Tensor bias = random(40);
        for (Weight weight : weights(activations(), 40, 256)) {
            Tensor plain = numbers(weight);
            float[] expected =
                    run(
                                    poisoned(m, 40),
                                    (at, out) ->
                                            at.ops()
                                                    .linear(
                                                            at.on(x),
                                                            at.weight(plain),
                                                            at.on(bias),
                                                            Activation.NONE,
                                                            out))
                            .toFloats();
            float[] found =
                    run(
                                    poisoned(m, 40),
                                    (at, out) ->
                                            at.ops()
                                                    .linear(
                                                            at.on(x),
                                                            at.on(weight),
                                                            at.on(bias),
                                                            Activation.NONE,
                                                            out))
                            .toFloats();
            assertThat(found).as("%s", weight).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @EnumSource
    void multipliesByBlocks(BlockFormat format) {
        Tensor x = random(3, 512);
        for (DType type : TYPES) {
            Weight weight = blocks(format, type, 12, 512);
            agrees(
                    poisoned(3, 12),
                    (at, out) ->
                            at.ops().linear(at.on(x), at.on(weight), null, Activation.SILU, out));
        }
    }

    @Test
    void multipliesTwoInputsSideBySide() {
        Tensor x = random(9, 96);
        Tensor y = random(9, 160);
        Tensor bias = random(20);
        for (Weight weight : weights(activations(), 20, 256)) {
            agrees(
                    poisoned(9, 20),
                    (at, out) ->
                            at.ops()
                                    .linearPair(
                                            at.on(x), at.on(y), at.on(weight), at.on(bias), out));
        }
    }

    /** As a model takes some rows of a matrix that lies in its file as one. */
    @Test
    void someRowsAreAWeightAsWell() {
        Tensor x = random(3, 256);
        for (Weight whole : weights(activations(), 24, 256)) {
            agrees(
                    poisoned(3, 10),
                    (at, out) ->
                            at.ops()
                                    .linear(
                                            at.on(x),
                                            at.on(whole).rows(7, 17),
                                            null,
                                            Activation.NONE,
                                            out));
        }
    }
}
