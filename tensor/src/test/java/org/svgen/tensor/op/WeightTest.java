package org.svgen.tensor.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.block.BlockFormat;

class WeightTest {
    private static final Tensor VALUES = Tensor.phantom(DType.F8_E4M3, 6, 4);

    private static Tensor f32(long... dims) {
        return Tensor.phantom(DType.F32, dims);
    }

    /** A product of rows that were rounded before: their scales are an operand. */
    @Test
    void roundedRowsBringTheirScales() {
        Weight eight = new Weight(VALUES, f32(6), Weight.Inputs.EIGHT_BITS);
        Tensor rows = Tensor.phantom(DType.F8_E4M3, 8, 4);
        LinearOp op = new LinearOp(rows, f32(8), eight, null, Activation.NONE, f32(8, 6));
        assertThat(op.tensors()).hasSize(5).contains(op.scales());
        assertThat(op.bytes()).isEqualTo(8 * 4 + 4 * 8 + 6 * 4 + 4 * 6 + 4 * 8 * 6);
        LinearOp half = (LinearOp) op.cut(0.5);
        assertThat(half.scales().size(0)).isEqualTo(4);
        assertThat(half.x().size(0)).isEqualTo(4);
        assertThat(op.key())
                .isNotEqualTo(
                        new LinearOp(f32(8, 4), eight, null, Activation.NONE, op.out()).key());
    }

    @Test
    void tellsWhatSharesAScale() {
        assertThat(Weight.of(VALUES).scaling()).isEqualTo(Weight.Scaling.NONE);
        assertThat(new Weight(VALUES, f32(1)).scaling()).isEqualTo(Weight.Scaling.TENSOR);
        assertThat(new Weight(VALUES, f32(6)).scaling()).isEqualTo(Weight.Scaling.ROWS);
    }

    static List<Tensor> wrongScales() {
        return List.of(f32(4), f32(6, 1), f32(), Tensor.phantom(DType.BF16, 6));
    }

    @ParameterizedTest
    @MethodSource("wrongScales")
    void refusesAScaleOfNeitherAllNorRows(Tensor scale) {
        assertThatThrownBy(() -> new Weight(VALUES, scale))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("scale is " + scale + ", expected f32 [1] or [6]");
    }

    @Test
    void refusesToBeAVector() {
        assertThatThrownBy(() -> Weight.of(f32(6)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("weight is f32 [6], expected rank 2 or more");
    }

    @Test
    void keepsItsRowsAndTheirScalesUnderAnotherShape() {
        Weight filter = new Weight(Tensor.phantom(DType.BF16, 6, 4, 1, 1, 1), f32(6));
        assertThat(filter.reshape(6, 4)).hasToString("bf16 [6, 4] with a scale of f32 [6]");
        assertThatThrownBy(() -> filter.reshape(4, 6))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected 6 rows to stay");
    }

    @Test
    void someRowsKeepTheirScales() {
        assertThat(new Weight(VALUES, f32(6)).rows(2, 5))
                .hasToString("f8_e4m3 [3, 4] with a scale of f32 [3]");
        assertThat(new Weight(VALUES, f32(1)).rows(2, 5))
                .hasToString("f8_e4m3 [3, 4] with a scale of f32 [1]");
        assertThat(Weight.of(VALUES).rows(2, 5)).hasToString("f8_e4m3 [3, 4]");
    }

    @Test
    void isRefusedByNameWhereAScaleHasNoPlace() {
        assertThat(Weight.of(VALUES).unscaled("cuda")).isSameAs(VALUES);
        assertThatThrownBy(() -> new Weight(VALUES, f32(6)).unscaled("cuda"))
                .isInstanceOf(BadInputException.class)
                .hasMessage(
                        "cuda: expected weights without a scale, found f8_e4m3 [6, 4] with a scale"
                                + " of f32 [6]; the cpu computes with them");
    }

    @Test
    void isReadWithItsScale() {
        Weight scaled = new Weight(VALUES, f32(6));
        LinearOp op = new LinearOp(f32(8, 4), scaled, null, Activation.NONE, f32(8, 6));
        assertThat(op.tensors()).containsExactly(op.x(), VALUES, scaled.scale(), op.out());
        assertThat(op.bytes()).isEqualTo(4 * 8 * 4 + 6 * 4 + 4 * 6 + 4 * 8 * 6);
        List<LinearOp> others = new ArrayList<>();
        for (Weight other : List.of(Weight.of(VALUES), new Weight(VALUES, f32(1)))) {
            others.add(new LinearOp(op.x(), other, null, Activation.NONE, op.out()));
        }
        assertThat(others).noneMatch(other -> other.key().equals(op.key()));
        assertThat(op.key()).isEqualTo(op.on(t -> t).key());
    }

    @Test
    void blocksHaveTheShapeOfTheirNumbers() {
        Tensor bytes = Tensor.phantom(DType.U8, 6, 2 * 144);
        Weight weight = Weight.of(bytes, BlockFormat.Q4_K, DType.BF16);
        assertThat(weight.shape()).isEqualTo(Shape.of(6, 512));
        assertThat(weight.elements()).isEqualTo(6 * 512);
        assertThat(weight.rows(2, 5)).hasToString("q4_k [3, 512]");
        assertThat(weight.reshape(6, 512)).isSameAs(weight);
        assertThatThrownBy(() -> weight.reshape(6, 512, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("weight is q4_k [6, 512], expected its shape");
        LinearOp op = new LinearOp(f32(8, 512), weight, null, Activation.SILU, f32(8, 6));
        assertThat(op.variant()).isEqualTo("silu, q4_k");
        assertThat(op.tensors()).containsExactly(op.x(), bytes, op.out());
        assertThat(op.on(t -> t).weight()).isEqualTo(weight);
        LinearOp other =
                new LinearOp(
                        op.x(),
                        Weight.of(bytes, BlockFormat.Q4_K, DType.F32),
                        null,
                        op.f(),
                        op.out());
        assertThat(other.key()).isNotEqualTo(op.key());
    }

    @Test
    void blocksAreWholeBytes() {
        for (Tensor bytes :
                List.of(
                        Tensor.phantom(DType.U8, 6, 145),
                        Tensor.phantom(DType.I8, 6, 144),
                        Tensor.phantom(DType.U8, 6, 144, 1))) {
            assertThatThrownBy(() -> Weight.of(bytes, BlockFormat.Q4_K, DType.F32))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "weight is %s in blocks of q4_k, expected u8 [N, whole blocks] without a scale",
                            bytes);
        }
    }

    @Test
    void numbersAreRoundedToWhatProductsTake() {
        assertThatThrownBy(
                        () -> new Weight(VALUES, f32(1), Weight.Inputs.FULL, null, DType.F8_E4M3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("weight is f8_e4m3 [6, 4], expected no numbers of f8_e4m3");
        assertThatThrownBy(() -> new Weight(VALUES, null, Weight.Inputs.FULL, null, DType.F32))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("weight is f8_e4m3 [6, 4], expected no numbers of f32");
    }

    @Test
    void takesInputsOf8BitsOnlyAsRowsWithAScaleEach() {
        Weight eight = new Weight(VALUES, f32(6), Weight.Inputs.EIGHT_BITS);
        assertThat(eight.rows(2, 5).reshape(3, 2, 2))
                .hasToString("f8_e4m3 [3, 2, 2] with a scale of f32 [3], for inputs of 8 bits");
        LinearOp op = new LinearOp(f32(8, 4), eight, null, Activation.SILU, f32(8, 6));
        assertThat(op.variant()).isEqualTo("silu, 8 bits");
        assertThat(op.on(t -> t).weight()).isEqualTo(eight);
        assertThat(op.key())
                .isNotEqualTo(
                        new LinearOp(op.x(), new Weight(VALUES, f32(6)), null, op.f(), op.out())
                                .key());
        for (Weight other : List.of(new Weight(VALUES, f32(1)), new Weight(f32(6, 4), f32(6)))) {
            assertThatThrownBy(() ->
                            new Weight(other.values(), other.scale(), Weight.Inputs.EIGHT_BITS))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageEndingWith("expected f8_e4m3 with a scale of each row");
        }
    }
}
