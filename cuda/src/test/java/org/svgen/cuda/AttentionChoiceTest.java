package org.svgen.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.op.AttentionOp;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.AttentionPlan.Kind;
import org.svgen.tensor.op.AttentionPrecision;
import org.svgen.tensor.op.BlockAttentionOp;
import org.svgen.tensor.op.BlockMap;
import org.svgen.tensor.op.BlockTail;
import org.svgen.tensor.op.KeyPattern;
import org.svgen.tensor.op.KeyPattern.Band;
import org.svgen.tensor.op.KeyPattern.Segment;
import org.svgen.tensor.op.KeyPattern.Span;
import org.svgen.tensor.op.Op;
import org.svgen.tensor.op.ProfileOp;
import org.svgen.tensor.op.TokenBlocks;
import org.svgen.tensor.op.TokenOrder;

/** Which kernels attend and profile. */
class AttentionChoiceTest extends KernelChoice {
    /** Plans by what kernels ask about. */
    private enum Keys {
        ALL,
        MOVED,
        FORWARDS,
        FIRST_FRAME,
        BACKWARDS,
        SEVEN_SPANS,
        EIGHT_SPANS,
        THREE_KINDS;

        AttentionPlan plan(int queries, int keys) {
            return switch (this) {
                case ALL -> AttentionPlan.dense(queries, keys);
                case MOVED ->
                        new AttentionPlan(
                                List.of(
                                        new Kind(
                                                KeyPattern.dense(queries, keys),
                                                new TokenOrder(0, 4, 8))));
                case FORWARDS -> banded(queries, keys, 0, 1);
                case FIRST_FRAME -> firstFrame();
                case BACKWARDS -> banded(queries, keys, keys, -1);
                case SEVEN_SPANS -> spans(queries, keys, 7);
                case EIGHT_SPANS -> spans(queries, keys, 8);
                case THREE_KINDS ->
                        new AttentionPlan(
                                Collections.nCopies(3, ALL.plan(queries, keys).kinds().getFirst()));
            };
        }

        private static AttentionPlan banded(int queries, int keys, int origin, int step) {
            Band band = new Band(origin, step, 0, 1, 3, 0, keys);
            return one(queries, keys, new Segment(0, queries, List.of(), band));
        }

        /** A temporal head of 5 frames of 8 tokens, to which all of the first frame is kept. */
        private static AttentionPlan firstFrame() {
            List<Span> sink = List.of(new Span(0, 8));
            KeyPattern pattern =
                    new KeyPattern(
                            40,
                            40,
                            List.of(
                                    new Segment(0, 8, sink, new Band(10, 4, 0, 1, 6, 8, 40)),
                                    new Segment(8, 40, sink, new Band(8, 1, 0, 1, 6, 8, 40))));
            return new AttentionPlan(List.of(new Kind(pattern, new TokenOrder(8, 4, 8))));
        }

        private static AttentionPlan spans(int queries, int keys, int count) {
            List<Span> spans =
                    IntStream.range(0, count).mapToObj(i -> new Span(2 * i, 2 * i + 1)).toList();
            return one(queries, keys, new Segment(0, queries, spans, null));
        }

        private static AttentionPlan one(int queries, int keys, Segment segment) {
            KeyPattern pattern = new KeyPattern(queries, keys, List.of(segment));
            return new AttentionPlan(List.of(new Kind(pattern, TokenOrder.IDENTITY)));
        }
    }

    @Test
    void copiesOfHeadsThatChangeTheOrderArePlannedAndCounted() {
        var memory = hopper.allocate(8 << 20);
        try {
            Tensor q = new Tensor(DType.BF16, Shape.of(1, 2, 40, 128), memory, 0);
            Tensor out = q.reshape(1, 40, 2, 128);
            Op moved = new AttentionOp(q, q, q, Keys.MOVED.plan(40, 40), null, 1, out);
            Op stored = new AttentionOp(q, q, q, Keys.ALL.plan(40, 40), null, 1, out);
            assertThat(hopper.scratchBytes(moved)).isEqualTo(3 * q.bytes());
            assertThat(hopper.scratchBytes(stored)).isZero();
            assertThat(ampere.scratchBytes(moved)).as("no copies").isZero();
            hopper.ops().run(moved);
            assertThat(hopper.memory().peak()).isGreaterThanOrEqualTo((8 << 20) + 3 * q.bytes());
            assertThat(hopper.memory().live()).isEqualTo(8 << 20);
        } finally {
            hopper.release(memory);
        }
    }

    /** What a kernel in 8 bits does not take is no other kernel's. */
    @Test
    void attentionIn8BitsIsRefusedWhereNoKernelHasIt() {
        Tensor q = Tensor.phantom(DType.F32, 1, 2, 40, 96);
        Tensor out = Tensor.phantom(DType.F32, 1, 40, 2, 96);
        AttentionPlan plan = Keys.ALL.plan(40, 40);
        Op full = new AttentionOp(q, q, q, plan, null, 1, out);
        Op few = new AttentionOp(q, q, q, plan, null, 1, AttentionPrecision.EIGHT_BITS, out);
        for (Backend gpu : List.of(hopper, ampere)) {
            assertThat(gpu.refuses(full)).isEmpty();
            assertThat(gpu.refuses(few)).isPresent();
            EmulatedGpu.launched();
            assertThatThrownBy(() -> gpu.ops().run(few)).hasMessageStartingWith("no kernel takes ");
            assertThat(EmulatedGpu.launched()).isEmpty();
        }
    }

    /** As {@code svgen doctor --verbose} prints it. */
    @Test
    void eachOperationsKernelsAreToldInOrderAndWhyOneIsNotUsed() {
        assertThat(hopper.kernels().keySet())
                .containsExactly(
                        "attention",
                        "attention in 8 bits",
                        "attention by blocks",
                        "profile",
                        "nearest centroids",
                        "errors of means",
                        "product",
                        "product in 8 bits",
                        "norm in 8 bits",
                        "convolution",
                        "convolution of enlarged frames");
        assertThat(hopper.kernels().get("attention"))
                .containsExactly(
                        "Hopper: takes as many keys as queries, if their order changes; heads of 64 or 128 channels; a positive scale; operands and result in bf16; tensors at multiples of 16 bytes; patterns of fewer than 8 spans; bands that do not move backwards",
                        "tensor cores: takes heads of 64 or 128 channels; a positive scale; operands and result in bf16; tensors at multiples of 16 bytes; patterns of fewer than 8 spans; bands that do not move backwards",
                        "long heads: takes heads of more than 128 channels",
                        "plain: takes heads of 128 channels at most");
        assertThat(hopper.kernels().get("attention by blocks"))
                .containsExactly(
                        "Hopper: takes heads of 64 or 128 channels; a positive scale; operands and result in bf16; tensors at multiples of 16 bytes; tokens; blocks of keys",
                        "plain: takes heads of 128 channels at most");
        assertThat(ampere.kernels().get("attention"))
                .startsWith("Hopper: not used here, it is for another GPU architecture");
        assertThat(ampere.kernels().get("product"))
                .startsWith(
                        "cuBLASLt: not used here, own bf16 products, as asked",
                        "Hopper: not used here, it is for another GPU architecture")
                .endsWith("plain: takes everything");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    # dim | q    | out  | keys | plan        | scale | offset | Hopper | Ampere
                    128   | BF16 | BF16 | 40   | ALL         | 1     | 0      | attention_d128 | attention_mma_d128
                    64    | BF16 | BF16 | 40   | ALL         | 1     | 0      | attention_d64 | attention_mma_d64
                    128   | BF16 | BF16 | 40   | MOVED       | 1     | 0      | attention_place attention_d128 | attention_mma_d128
                    64    | BF16 | BF16 | 40   | FORWARDS    | 1     | 0      | attention_d64 | attention_mma_d64
                    128   | BF16 | BF16 | 40   | FIRST_FRAME | 1     | 0      | attention_place attention_d128 | attention_mma_d128
                    128   | BF16 | BF16 | 512  | ALL         | 1     | 0      | attention_d128     | attention_mma_d128
                    128   | BF16 | BF16 | 257  | ALL         | 1     | 0      | attention_d128 | attention_mma_d128
                    64    | BF16 | BF16 | 24   | ALL         | 1     | 0      | attention_d64 | attention_mma_d64
                    64    | BF16 | BF16 | 48   | MOVED       | 1     | 0      | attention_mma_d64 | attention_mma_d64
                    64    | BF16 | BF16 | 40   | SEVEN_SPANS | 1     | 0      | attention_d64 | attention_mma_d64
                    64    | BF16 | BF16 | 40   | EIGHT_SPANS | 1     | 0      | attend | attend
                    64    | BF16 | BF16 | 40   | BACKWARDS   | 1     | 0      | attend | attend
                    64    | BF16 | BF16 | 40   | ALL         | 0     | 0      | attend | attend
                    64    | BF16 | BF16 | 40   | ALL         | 1     | 2      | attend | attend
                    64    | BF16 | F32  | 40   | ALL         | 1     | 0      | attend | attend
                    64    | F32  | F32  | 40   | ALL         | 1     | 0      | attend | attend
                    96    | BF16 | BF16 | 40   | ALL         | 1     | 0      | attend | attend
                    8     | F32  | F32  | 40   | ALL         | 1     | 0      | attend | attend
                    136   | BF16 | BF16 | 40   | ALL         | 1     | 0      | permute linear_narrow_f32 softmax_kept linear_narrow permute linear_narrow_f32 softmax_kept linear_narrow permute | permute linear_bf16 softmax_kept linear_bf16 permute linear_bf16 softmax_kept linear_bf16 permute
                    512   | F32  | F32  | 40   | BACKWARDS   | 0     | 0      | permute linear_f32_small softmax_kept linear_f32 permute linear_f32_small softmax_kept linear_f32 permute | permute linear_f32_small softmax_kept linear_f32 permute linear_f32_small softmax_kept linear_f32 permute
                    """)
    void attention(
            int dim,
            DType q,
            DType out,
            int keys,
            Keys plan,
            float scale,
            int offset,
            String onHopper,
            String onAmpere) {
        check(
                offset,
                onHopper,
                onAmpere,
                t ->
                        new AttentionOp(
                                t.of(q, 1, 2, 40, dim),
                                t.of(q, 1, 2, keys, dim),
                                t.of(q, 1, 2, keys, dim),
                                plan.plan(40, keys),
                                null,
                                scale,
                                t.of(out, 1, 40, 2, dim)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    # dim | q    | moved | tail | scale | offset | Hopper | Ampere
                    128   | BF16 | false |      | 1     | 0      | attention_block_tables attention_blocks_d128 | attend_blocks
                    64    | BF16 | true  |      | 1     | 0      | attention_block_tables attention_block_place attention_blocks_d64 | attend_blocks
                    128   | BF16 | false | BF16 | 1     | 0      | attention_block_tables attention_blocks_d128 | attend_blocks
                    128   | BF16 | true  | F32  | 1     | 0      | attention_block_tables attention_block_place attention_block_means attention_blocks_d128 | attend_blocks
                    96    | BF16 | false |      | 1     | 0      | attend_blocks | attend_blocks
                    128   | F32  | false |      | 1     | 0      | attend_blocks | attend_blocks
                    128   | BF16 | false |      | 0     | 0      | attend_blocks | attend_blocks
                    128   | BF16 | false |      | 1     | 2      | attend_blocks | attend_blocks
                    """)
    void attentionByBlocks(
            int dim,
            DType q,
            boolean moved,
            @Nullable DType tail,
            float scale,
            int offset,
            String onHopper,
            String onAmpere) {
        check(
                offset,
                onHopper,
                onAmpere,
                t -> {
                    TokenBlocks blocks =
                            new TokenBlocks(
                                    t.of(DType.I32, 2, 4), moved ? t.of(DType.I32, 2, 40) : null);
                    return new BlockAttentionOp(
                            t.of(q, 1, 2, 40, dim),
                            t.of(q, 1, 2, 40, dim),
                            t.of(q, 1, 2, 40, dim),
                            new BlockMap(blocks, blocks, t.of(DType.I32, 2, 3, 1), null),
                            tail == null
                                    ? null
                                    : new BlockTail(
                                            t.of(tail, 1, 2, 3, dim), t.of(tail, 1, 2, 3, dim)),
                            0.5,
                            scale,
                            t.of(q, 1, 40, 2, dim));
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    # dim | q    | rows | plan        | scale | offset | kernels
                    64    | BF16 | 9    | ALL         | 1     | 0      | profile_masks profile_d64 profile_squares profile_means
                    128   | BF16 | 9    | FIRST_FRAME | 1     | 0      | profile_masks profile_d128 profile_squares profile_means
                    128   | BF16 | 9    | MOVED       | 1     | 0      | profile_masks profile_d128 profile_squares profile_means
                    64    | BF16 | 9    | BACKWARDS   | 1     | 0      | profile_masks profile_d64 profile_squares profile_means
                    64    | BF16 | 9    | EIGHT_SPANS | 1     | 0      | profile_masks profile_d64 profile_squares profile_means
                    64    | BF16 | 9    | THREE_KINDS | 1     | 0      | walk_d64 walk_squares walk_means
                    64    | BF16 | 0    | ALL         | 1     | 0      | walk_means
                    64    | BF16 | 9    | ALL         | 0     | 0      | walk_plain walk_squares walk_means
                    64    | BF16 | 9    | ALL         | 1     | 2      | walk_plain walk_squares walk_means
                    96    | BF16 | 9    | ALL         | 1     | 0      | walk_plain walk_squares walk_means
                    64    | F32  | 9    | ALL         | 1     | 0      | walk_plain walk_squares walk_means
                    """)
    void profile(int dim, DType q, int rows, Keys plan, float scale, int offset, String kernels) {
        check(
                offset,
                kernels,
                kernels,
                t -> {
                    AttentionPlan of = plan.plan(40, 40);
                    return new ProfileOp(
                            t.of(q, 1, 2, 40, dim),
                            t.of(q, 1, 2, 40, dim),
                            t.of(q, 1, 2, 40, dim),
                            new int[rows],
                            of,
                            40,
                            scale,
                            t.of(DType.F32, of.kinds().size(), 1, 2),
                            t.of(DType.F32, 1, 2));
                });
    }
}
