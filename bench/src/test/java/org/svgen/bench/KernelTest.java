package org.svgen.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.svgen.tensor.Tensor.phantom;

import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.svgen.pipeline.Stage;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.DryRun;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.Op;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.op.Ops.ConvGeometry;
import org.svgen.tensor.op.Ops.HeadNorm;

class KernelTest {
    @Test
    void countsOperationsOfProducts() {
        Op linear =
                call(ops ->
                        ops.linear(bf16(8, 4), bf16(6, 4), bf16(6), Activation.GELU, bf16(8, 6)));
        assertThat(linear.operations()).isEqualTo(2 * 8 * 4 * 6);
        assertThat(linear.bytes()).isEqualTo(2 * (8 * 4 + 6 * 4 + 6 + 8 * 6));
        assertThat(linear.variant()).isEqualTo("gelu");
        Op conv =
                call(ops ->
                        ops.conv3dAdd(
                                bf16(3, 4, 4, 5),
                                bf16(6, 5, 3, 3, 3),
                                null,
                                ConvGeometry.same(1),
                                bf16(1, 4, 4, 6),
                                bf16(1, 4, 4, 6)));
        assertThat(conv.operations()).isEqualTo(2 * 4 * 4 * 6 * 5 * 27);
        assertThat(conv.bytes()).isEqualTo(2 * (3 * 16 * 5 + 6 * 5 * 27 + 2 * 16 * 6));
    }

    @Test
    void countsBytesThatMustMove() {
        Op gated = call(ops -> ops.addGated(bf16(8, 4), f32(4), f32(8, 4)));
        assertThat(gated.operations()).isZero();
        assertThat(gated.bytes()).isEqualTo(2 * 32 + 4 * 4 + 2 * 4 * 32);
        Op split =
                call(ops ->
                        ops.splitHeads(
                                bf16(1, 8, 2, 4), HeadNorm.NONE, null, null, 0, bf16(1, 2, 99, 4)));
        assertThat(split.bytes()).as("of the tokens that are split").isEqualTo(2 * 2 * 64);
        Op embedding = call(ops -> ops.embedding(phantom(DType.I32, 3), bf16(999, 4), f32(3, 4)));
        assertThat(embedding.bytes()).as("of the rows asked for").isEqualTo(12 + 24 + 48);
    }

    @Test
    void saysWhatLimitsAnOperation() {
        Op call = call(ops -> ops.linear(f32(9, 4), f32(6, 4), null, Activation.NONE, f32(9, 6)));
        Kernel kernel = Kernel.of(Stage.DENOISE, call, new KernelTimer.Timed(call, 1e-3, 7));
        assertThat(kernel.limited(1e-12, 1).text())
                .matches(
                        "linear +1\\.0000 ms +0\\.000 GFLOP +0\\.000 TFLOP/s "
                                + " f32\\[9, 4] f32\\[6, 4] f32\\[9, 6]");
        assertThat(kernel.limited(1, 1e-12).text()).contains(" TB/s ");
        Op part = call.cut(0.5);
        kernel = Kernel.of(Stage.DENOISE, call, new KernelTimer.Timed(part, 1e-3, 7));
        assertThat(kernel.text()).endsWith("f32[4, 4] f32[6, 4] f32[4, 6], a part");
    }

    @Test
    void tellsDenseFromBands() {
        Tensor q = bf16(1, 2, 8, 4);
        assertThat(
                        call(ops ->
                                        ops.attention(
                                                q,
                                                q,
                                                q,
                                                AttentionPlan.dense(8, 8),
                                                null,
                                                1,
                                                bf16(1, 8, 2, 4)))
                                .variant())
                .isEqualTo("dense");
    }

    private static Op call(Consumer<Ops> work) {
        return DryRun.play(DType.F32, dry -> work.accept(dry.ops())).work().calls().getFirst().op();
    }

    private static Tensor bf16(long... dims) {
        return phantom(DType.BF16, dims);
    }

    private static Tensor f32(long... dims) {
        return phantom(DType.F32, dims);
    }
}
