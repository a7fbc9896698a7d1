package org.svgen.tensor.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.svgen.tensor.op.OpTable.bf16;
import static org.svgen.tensor.op.OpTable.f32;
import static org.svgen.tensor.op.OpTable.i32;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.OpTable.Row;
import org.svgen.tensor.op.Ops.ConvGeometry;
import org.svgen.tensor.op.Ops.HeadNorm;

class OpTest {
    /** Operands that may have any shape. */
    private static final Set<String> FREE =
            Set.of(
                    "fill 0",
                    "countNonFinite 0",
                    "distance 2",
                    "interact 2",
                    "group 1",
                    "group 2",
                    "clusterMeans 1",
                    "blockMass 2",
                    "blockError 3",
                    "routeBlocks 2");

    static Stream<Row> rows() {
        return OpTable.rows();
    }

    @Test
    void theTableHasEachOperationOnce() {
        assertThat(rows().<Object>map(row -> row.op().getClass()))
                .containsExactlyInAnyOrder((Object[]) Op.class.getPermittedSubclasses());
    }

    @ParameterizedTest
    @MethodSource("rows")
    void tellsItsNameItsWorkAndItsHalf(Row row) {
        assertThat(row.op().name()).isEqualTo(row.name());
        assertThat(row.op().variant()).isEqualTo(row.variant());
        assertThat(row.op().operations()).isEqualTo(row.operations());
        assertThat(row.op().bytes()).isEqualTo(row.bytes());
        assertThat(row.op().cost())
                .isEqualTo(row.operations() > 0 ? row.operations() : row.bytes());
        assertThat(text(row.op().cut(0.5).tensors())).isEqualTo(row.half());
        assertThat(row.op().cut(1)).isSameAs(row.op());
    }

    @ParameterizedTest
    @MethodSource("rows")
    void evenTheSmallestPartIsAnOperation(Row row) {
        Op part = row.op().cut(1e-9);
        assertThat(part.getClass()).isEqualTo(row.op().getClass());
        assertThat(part.cost()).isPositive().isLessThanOrEqualTo(row.op().cost());
    }

    @ParameterizedTest
    @MethodSource("rows")
    void goesOnOtherTensorsInTheirOrder(Row row) {
        List<Tensor> given = new ArrayList<>();
        Op there =
                row.op()
                        .on(t -> {
                            given.add(Tensor.phantom(t.dtype(), t.shape().dims()));
                            return given.getLast();
                        });
        assertThat(there.getClass()).isEqualTo(row.op().getClass());
        assertThat(there.key()).isEqualTo(row.op().key());
        List<Tensor> found = there.tensors();
        assertThat(found).hasSameSizeAs(given);
        for (int i = 0; i < given.size(); i++) {
            assertThat(found.get(i)).isSameAs(given.get(i));
        }
    }

    @ParameterizedTest
    @MethodSource("rows")
    void refusesEachOperandOfAnotherShape(Row row) {
        for (int i = 0; i < row.op().tensors().size(); i++) {
            if (!FREE.contains(row.name() + " " + i)) {
                int wrong = i;
                assertThatIllegalArgumentException()
                        .as("%s, operand %d", row.name(), i)
                        .isThrownBy(() -> longer(row.op(), wrong));
            }
        }
    }

    /** On the same tensors but that one, whose last dimension is one longer. */
    private static Op longer(Op op, int which) {
        int[] next = {0};
        return op.on(t -> {
            long[] dims = t.shape().dims();
            dims[dims.length - 1] += next[0]++ == which ? 1 : 0;
            return Tensor.phantom(t.dtype(), dims);
        });
    }

    static Stream<Map.Entry<String, Runnable>> mistakes() {
        Map<String, Runnable> mistakes = new HashMap<>();
        Tensor x = f32(8, 4);
        mistakes.put("y is f32 [9, 4]", () -> new AxpbyOp(1, x, 1, f32(9, 4), x));
        mistakes.put("out is f32 [8, 5]", () -> new ConvertOp(x, f32(8, 5)));
        mistakes.put(
                "ids is i32 [2, 3]", () -> new EmbeddingOp(i32(2, 3), Weight.of(x), f32(6, 4)));
        mistakes.put(
                "x is f32 [8, 4], weight bf16 [6, 5]",
                () -> new LinearOp(x, Weight.of(bf16(6, 5)), null, Activation.NONE, f32(8, 6)));
        mistakes.put(
                "bias is bf16 [7]",
                () -> new LinearOp(x, Weight.of(bf16(6, 4)), bf16(7), Activation.NONE, f32(8, 6)));
        mistakes.put(
                "scale and shift come together",
                () -> new LayerNormOp(x, null, null, 1e-5f, f32(4), null, x));
        mistakes.put(
                "out is f32 [8, 4] with scales of f32 [8]",
                () -> new EightBitNormOp(x, null, null, 1e-5f, null, null, DType.BF16, f32(8), x));
        mistakes.put(
                "x is f32 [8, 4] with scales of f32 [8]",
                () ->
                        new LinearOp(
                                x,
                                f32(8),
                                Weight.of(bf16(6, 4)),
                                null,
                                Activation.NONE,
                                f32(8, 6)));
        mistakes.put("gate is f32 [8]", () -> new AddGatedOp(x, f32(8), x));
        mistakes.put("faults are f32 [1]", () -> new AddGatedOp(x, f32(4), x, f32(1)));
        mistakes.put(
                "8 channels in 3 groups",
                () ->
                        new GroupNormOp(
                                f32(1, 2, 2, 8),
                                3,
                                f32(8),
                                f32(8),
                                1e-5f,
                                null,
                                Activation.NONE,
                                f32(1, 2, 2, 8)));
        mistakes.put(
                "scaleFrame has 1 frames",
                () ->
                        new GroupNormOp(
                                f32(2, 2, 2, 8),
                                4,
                                f32(8),
                                f32(8),
                                1e-5f,
                                new GroupNormOp.Modulation(
                                        f32(1, 1, 1, 8), f32(1, 1, 1, 8), new int[1]),
                                Activation.NONE,
                                f32(2, 2, 2, 8)));
        mistakes.put(
                "weight is f32 [6, 5, 3, 3]",
                () ->
                        new Conv3dOp(
                                f32(3, 8, 4, 5),
                                Weight.of(f32(6, 5, 3, 3)),
                                null,
                                ConvGeometry.same(1),
                                f32(1, 8, 4, 6)));
        mistakes.put(
                "x is f32 [8, 4], out bf16 [4, 8]",
                () -> new PermuteOp(x, new int[] {1, 0}, bf16(4, 8)));
        mistakes.put(
                "x is f32 [1, 8, 2, 4], out f32 [1, 2, 9, 4] from token 2",
                () ->
                        new SplitHeadsOp(
                                f32(1, 8, 2, 4), HeadNorm.NONE, null, null, 0, 2, f32(1, 2, 9, 4)));
        mistakes.put(
                "norm weight is f32 [4], expected [8]",
                () ->
                        new SplitHeadsOp(
                                f32(1, 8, 2, 4),
                                new HeadNorm(HeadNorm.Kind.RMS_ACROSS, f32(4), null, 1e-6f),
                                null,
                                null,
                                0,
                                0,
                                f32(1, 2, 8, 4)));
        Tensor q = f32(1, 2, 9, 4);
        mistakes.put(
                "pattern of 8 x 8, q f32 [1, 2, 9, 4]",
                () -> new AttentionOp(q, q, q, OpTable.plan(), null, 1, f32(1, 9, 2, 4)));
        mistakes.put("row 8 of f32 [1, 2, 8, 4]", () -> profile(new int[] {3, 8}, 8));
        mistakes.put("keyLimit 9 of f32 [1, 2, 8, 4]", () -> profile(new int[] {3}, 9));
        return mistakes.entrySet().stream();
    }

    private static Op profile(int[] rows, int keyLimit) {
        Tensor q = f32(1, 2, 8, 4);
        return new ProfileOp(q, q, q, rows, OpTable.plan(), keyLimit, 1, f32(2, 1, 2), f32(1, 2));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void namesWhatDoesNotAgree(Map.Entry<String, Runnable> mistake) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> mistake.getValue().run())
                .withMessageStartingWith(mistake.getKey());
    }

    @Test
    void aModulationIsGivenWholeOrNotAtAll() {
        Tensor x = f32(1, 2, 2, 8);
        Ops ops = op -> {};
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        ops.groupNorm(
                                x, 4, f32(8), f32(8), 1e-5f, x, null, null, Activation.NONE, x))
                .withMessageContaining("come together");
    }

    @Test
    void keysTellApartWhatTakesOtherTime() {
        Tensor x = f32(8, 4);
        assertThat(
                        keys(
                                new LinearOp(x, Weight.of(bf16(4, 4)), null, Activation.NONE, x),
                                new LinearOp(x, Weight.of(f32(4, 4)), null, Activation.NONE, x),
                                new LinearOp(x, Weight.of(bf16(4, 4)), bf16(4), Activation.NONE, x),
                                new LinearOp(x, Weight.of(bf16(4, 4)), null, Activation.GELU, x),
                                new LayerNormOp(x, f32(4), f32(4), 1, null, null, x),
                                new LayerNormOp(x, null, null, 1, f32(4), f32(4), x),
                                new MultiplyOp(x, x, x),
                                new AxpbyOp(1, x, 1, x, x)))
                .hasSize(8);
        assertThat(keys(new AxpbyOp(1, x, 2, x, x), new AxpbyOp(3, x, 4, x, x))).hasSize(1);
    }

    @Test
    void attentionsOfEqualPlansHaveOneKey() {
        assertThat(keys(attention(OpTable.plan()), attention(OpTable.plan()))).hasSize(1);
        assertThat(keys(attention(OpTable.plan()), attention(AttentionPlan.dense(8, 8))))
                .hasSize(2);
    }

    private static AttentionOp attention(AttentionPlan plan) {
        return attention(plan, AttentionPrecision.FULL);
    }

    private static AttentionOp attention(AttentionPlan plan, AttentionPrecision precision) {
        Tensor q = f32(1, 2, 8, 4);
        return new AttentionOp(q, q, q, plan, null, 1, precision, f32(1, 8, 2, 4));
    }

    @Test
    void attentionsOfTwoPrecisionsHaveTwoKeysAndNames() {
        Op full = attention(OpTable.plan());
        Op few = attention(OpTable.plan(), AttentionPrecision.EIGHT_BITS);
        assertThat(keys(full, few)).hasSize(2);
        assertThat(few.variant()).isEqualTo("dense, 8 bits");
        assertThat(few.cost()).isEqualTo(full.cost());
    }

    /** Of a part of the heads, and of a part of the tokens of one. */
    @ParameterizedTest
    @ValueSource(doubles = {0.5, 0.01})
    void aPartOfAnAttentionKeepsItsPrecision(double share) {
        AttentionOp few = attention(OpTable.plan(), AttentionPrecision.EIGHT_BITS);
        assertThat(((AttentionOp) few.cut(share)).precision())
                .isEqualTo(AttentionPrecision.EIGHT_BITS);
    }

    private static Set<List<Object>> keys(Op... ops) {
        return Arrays.stream(ops).map(Op::key).collect(Collectors.toSet());
    }

    @Test
    void attentionWithoutKindsIsThatOfTheFirst() {
        assertThat(attention(OpTable.plan()).variant()).isEqualTo("dense");
        assertThat(attention(OpTable.plan()).operations()).isEqualTo(4 * 2 * 4 * 64);
    }

    @Test
    void lessThanAHeadIsFewerTokensThatAttendDensely() {
        Tensor q = f32(1, 1, 100, 4);
        Op whole =
                new AttentionOp(q, q, q, AttentionPlan.dense(100, 100), null, 1, f32(1, 100, 1, 4));
        AttentionOp part = (AttentionOp) whole.cut(0.25);
        assertThat(part.q()).hasToString("f32 [1, 1, 50, 4]");
        assertThat(part.plan()).isEqualTo(AttentionPlan.dense(50, 50));
        assertThat(part.cost()).isEqualTo(whole.cost() / 4);
    }

    @Test
    void aNormOverAllHeadsIsCutWithThem() {
        HeadNorm norm = new HeadNorm(HeadNorm.Kind.RMS_ACROSS, f32(16), null, 1e-6f);
        Op whole = new SplitHeadsOp(f32(1, 8, 4, 4), norm, null, null, 0, 0, f32(1, 4, 8, 4));
        assertThat(text(whole.cut(0.5).tensors()))
                .isEqualTo("f32 [1, 8, 2, 4], f32 [8], f32 [1, 2, 8, 4]");
        assertThat(whole.variant()).isEqualTo("rms across norm");
    }

    @Test
    void aResidualAndANormAreTwoSteps() {
        AddNormOp op = row(AddNormOp.class);
        LayerNormOp norm =
                new LayerNormOp(
                        op.sum(),
                        op.weight(),
                        op.bias(),
                        op.eps(),
                        op.scale(),
                        op.shift(),
                        op.out());
        assertThat(op.steps()).containsExactly(new AddGatedOp(op.x(), op.gate(), op.sum()), norm);
        Tensor x = f32(8, 4);
        AddNormOp plain = new AddNormOp(x, null, x, null, null, 0, null, null, x);
        assertThat(plain.steps().getFirst()).isEqualTo(new AxpbyOp(1, x, 1, x, x));
        assertThat(plain.variant()).isEmpty();
    }

    @Test
    void aConvolutionThatIsAddedGoesThroughItsScratch() {
        Conv3dAddOp add = row(Conv3dAddOp.class);
        assertThat(add.steps())
                .containsExactly(
                        new Conv3dOp(
                                add.x(), add.weight(), add.bias(), add.geometry(), add.scratch()),
                        new AxpbyOp(1, add.scratch(), 1, add.out(), add.out()));
    }

    @Test
    void whatCameBeforeComesToLieInFrontAndItsFirstFrameRepeats() {
        ConvolveAfterOp op = row(ConvolveAfterOp.class);
        assertThat(op.steps())
                .containsExactly(
                        new ConvertOp(op.past(), op.x().rows(0, 1)),
                        new ConvertOp(op.past(), op.x().rows(1, 2)),
                        new Conv3dAddOp(
                                op.x(),
                                op.weight(),
                                op.bias(),
                                op.geometry(),
                                Objects.requireNonNull(op.scratch()),
                                op.out()));
        assertThat(op.frames()).isEqualTo(op.x().rows(2, 4));
    }

    @Test
    void enlargingRepeatsTheFirstFrameInFrontAndTheOthersBehind() {
        ConvolveEnlargedOp op = row(ConvolveEnlargedOp.class);
        Tensor first = op.scratch().rows(2, 3);
        assertThat(op.steps())
                .containsExactly(
                        new UpsampleNearestOp(op.x().rows(0, 1), 1, 2, first),
                        new UpsampleNearestOp(op.x().rows(1, 2), 2, 2, op.scratch().rows(3, 5)),
                        new ConvertOp(first, op.scratch().rows(0, 1)),
                        new ConvertOp(first, op.scratch().rows(1, 2)),
                        new Conv3dOp(
                                op.scratch(),
                                op.weight(),
                                op.bias(),
                                new ConvGeometry(1, 1, 1, 1, 1, 1, op.border()),
                                op.out()));
    }

    private static <T extends Op> T row(Class<T> type) {
        return rows().map(Row::op).filter(type::isInstance).map(type::cast).findAny().orElseThrow();
    }

    private static String text(List<Tensor> tensors) {
        return tensors.stream().map(Tensor::toString).collect(Collectors.joining(", "));
    }
}
