package org.svgen.tensor.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.DryRun.Played;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.MultiplyOp;
import org.svgen.tensor.op.Op;

class WorkTest {
    @Test
    void aDryRunCountsEqualOperationsAndTheWorkspaceThatTheyNeed() {
        Played played =
                DryRun.play(
                        DType.BF16,
                        ws -> {
                            Tensor x = ws.allocate(64, 32);
                            for (int layer = 0; layer < 3; layer++) {
                                try (Workspace.Scope scope = ws.scope()) {
                                    Tensor y = ws.allocate(64, 32);
                                    ws.ops().activate(Activation.SILU, x, y);
                                    ws.ops().axpby(layer, y, 1, x, x);
                                }
                            }
                            ws.ops().activate(Activation.GELU, x, x);
                        });
        assertThat(played.workspaceBytes()).isEqualTo(2 * 64 * 32 * 2);
        assertThat(played.work().calls())
                .extracting(call -> call.op().name(), call -> call.op().variant(), Work.Call::count)
                .containsExactly(
                        tuple("activate", "silu", 3L),
                        tuple("axpby", "", 3L),
                        tuple("activate", "gelu", 1L));
        double elements = 64 * 32;
        assertThat(played.work().cost()).isEqualTo(elements * 2 * (3 * 2 + 3 * 3 + 2));
    }

    @Test
    void plansThatAreMadeAnewForEachLayerCountAsOne() {
        Played played =
                DryRun.play(
                        DType.F32,
                        ws -> {
                            Tensor q = ws.allocate(1, 2, 8, 4);
                            Tensor out = ws.allocate(1, 8, 2, 4);
                            for (int layer = 0; layer < 3; layer++) {
                                AttentionPlan plan = AttentionPlan.dense(8, 8);
                                ws.ops().attention(q, q, q, plan, null, 1, out);
                            }
                        });
        assertThat(played.work().calls())
                .singleElement()
                .extracting(Work.Call::count)
                .isEqualTo(3L);
    }

    @Test
    void aDryRunRefusesShapesThatDoNotAgree() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        DryRun.play(
                                DType.F32,
                                ws ->
                                        ws.ops()
                                                .multiply(
                                                        ws.allocate(8),
                                                        ws.allocate(9),
                                                        ws.allocate(8))))
                .withMessageStartingWith("y is f32 [9]");
    }

    @Test
    void choosesTheLargestUntilEnoughIsCovered() {
        List<Work.Call> calls = List.of(call(10, 1), call(1, 100), call(60, 1), call(3, 10));
        assertThat(Work.largest(calls, 4, 0.75))
                .extracting(Work.Call::count)
                .containsExactly(100L, 1L);
        assertThat(Work.largest(calls, 1, 0.99)).extracting(Work.Call::count).containsExactly(100L);
        assertThat(Work.largest(calls, 9, 1)).hasSize(4);
    }

    private static Work.Call call(int size, long count) {
        Tensor x = Tensor.phantom(DType.F32, size);
        Op op = new MultiplyOp(x, x, x);
        return new Work.Call(op, count);
    }
}
