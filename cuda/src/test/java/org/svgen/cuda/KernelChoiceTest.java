package org.svgen.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.cuda.gpu.KernelNames;
import org.svgen.cuda.product.ProductSettings.Wanted;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.AttentionOp;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.AttentionPlan.Kind;
import org.svgen.tensor.op.Conv3dAddOp;
import org.svgen.tensor.op.Conv3dOp;
import org.svgen.tensor.op.ConvolveEnlargedOp;
import org.svgen.tensor.op.KeyPattern;
import org.svgen.tensor.op.KeyPattern.Band;
import org.svgen.tensor.op.KeyPattern.Segment;
import org.svgen.tensor.op.KeyPattern.Span;
import org.svgen.tensor.op.LinearOp;
import org.svgen.tensor.op.LinearPairOp;
import org.svgen.tensor.op.Op;
import org.svgen.tensor.op.Ops.Border;
import org.svgen.tensor.op.Ops.ConvGeometry;
import org.svgen.tensor.op.ProfileOp;
import org.svgen.tensor.op.TokenOrder;
import org.svgen.tensor.op.Weight;

/**
 * Which kernels compute a call, on Hopper and on other GPUs. The emulated driver notes the launches
 * and computes nothing. The GPU has two multiprocessors.
 */
class KernelChoiceTest {
    private static @Nullable Backend hopper;
    private static @Nullable Backend ampere;

    @BeforeAll
    static void open() {
        EmulatedGpu.record(true);
        hopper = EmulatedGpu.open(KernelNames.candidates(9, 0));
        ampere = EmulatedGpu.open(KernelNames.candidates(8, 0));
    }

    @AfterAll
    static void close() {
        EmulatedGpu.record(false);
        for (Backend backend : new Backend[] {hopper, ampere}) {
            if (backend != null) {
                backend.close();
            }
        }
    }

    /** What a call's operands begin with, and where. */
    @FunctionalInterface
    private interface Operands {
        Tensor of(DType dtype, long... dims);
    }

    @FunctionalInterface
    private interface Call {
        Op on(Operands operands);
    }

    /**
     * @param offset bytes from the beginning of the memory to each operand
     */
    private static String launched(@Nullable Backend backend, int offset, Call call) {
        var memory = backend.allocate(8 << 20);
        try {
            Op op = call.on((dtype, dims) -> new Tensor(dtype, Shape.of(dims), memory, offset));
            EmulatedGpu.launched();
            backend.ops().run(op);
            return EmulatedGpu.launched().stream()
                    .map(launch -> launch.substring(0, launch.indexOf(' ')))
                    .collect(Collectors.joining(" "));
        } finally {
            backend.release(memory);
        }
    }

    private static void check(int offset, String onHopper, String onAmpere, Call call) {
        assertThat(launched(hopper, offset, call)).as("on Hopper").isEqualTo(onHopper);
        assertThat(launched(ampere, offset, call)).as("on Ampere").isEqualTo(onAmpere);
    }

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

    /** As {@code svgen doctor --verbose} prints it. */
    @Test
    void eachOperationsKernelsAreToldInOrderAndWhyOneIsNotUsed() {
        assertThat(hopper.kernels().keySet())
                .containsExactly(
                        "attention",
                        "profile",
                        "product",
                        "convolution",
                        "convolution of enlarged frames");
        assertThat(hopper.kernels().get("attention"))
                .containsExactly(
                        "Hopper: takes as many keys as queries, if their order changes; heads of 64 or 128 channels; a positive scale; operands and result in bf16; tensors at multiples of 16 bytes; patterns of fewer than 8 spans; bands that do not move backwards",
                        "tensor cores: takes heads of 64 or 128 channels; a positive scale; operands and result in bf16; tensors at multiples of 16 bytes; patterns of fewer than 8 spans; bands that do not move backwards",
                        "long heads: takes heads of more than 128 channels",
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
                    128   | BF16 | BF16 | 512  | ALL         | 1     | 0      | attention_d128_few | attention_mma_d128
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
                    # dim | q    | rows | plan        | scale | offset | kernels
                    64    | BF16 | 9    | ALL         | 1     | 0      | profile_masks profile_d64 profile_squares profile_choose
                    128   | BF16 | 9    | FIRST_FRAME | 1     | 0      | profile_masks profile_d128 profile_squares profile_choose
                    128   | BF16 | 9    | MOVED       | 1     | 0      | profile_masks profile_d128 profile_squares profile_choose
                    64    | BF16 | 9    | BACKWARDS   | 1     | 0      | profile_masks profile_d64 profile_squares profile_choose
                    64    | BF16 | 9    | EIGHT_SPANS | 1     | 0      | profile_masks profile_d64 profile_squares profile_choose
                    64    | BF16 | 9    | THREE_KINDS | 1     | 0      | attend profile_errors profile_kinds
                    64    | BF16 | 0    | ALL         | 1     | 0      | profile_errors profile_kinds
                    64    | BF16 | 9    | ALL         | 0     | 0      | attend profile_errors profile_kinds
                    64    | BF16 | 9    | ALL         | 1     | 2      | attend profile_errors profile_kinds
                    96    | BF16 | 9    | ALL         | 1     | 0      | attend profile_errors profile_kinds
                    64    | F32  | 9    | ALL         | 1     | 0      | attend profile_errors profile_kinds
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
                            1,
                            t.of(DType.F32, of.kinds().size(), 1, 2),
                            t.of(DType.I32, 1, 2));
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    # m | n   | k   | x    | weight | f         | out  | offset | Hopper | Ampere
                    256 | 256 | 64  | BF16 | BF16   | NONE      | BF16 | 0      | linear_wide | linear_bf16
                    128 | 256 | 64  | BF16 | BF16   | NONE      | BF16 | 0      | linear_narrow | linear_bf16
                    256 | 256 | 72  | BF16 | BF16   | NONE      | F32  | 0      | linear_wide_f32 | linear_bf16
                    256 | 256 | 64  | BF16 | BF16   | SILU      | BF16 | 0      | linear_wide_silu | linear_bf16
                    8   | 256 | 64  | BF16 | BF16   | GELU_TANH | BF16 | 0      | linear_narrow_gelu_tanh | linear_bf16
                    256 | 256 | 64  | BF16 | BF16   | SILU      | F32  | 0      | linear_bf16 | linear_bf16
                    256 | 256 | 64  | BF16 | BF16   | GELU_TANH | F32  | 0      | linear_bf16 | linear_bf16
                    256 | 256 | 64  | BF16 | BF16   | GELU      | BF16 | 0      | linear_bf16 | linear_bf16
                    256 | 256 | 64  | BF16 | BF16   | RELU      | BF16 | 0      | linear_bf16 | linear_bf16
                    256 | 252 | 64  | BF16 | BF16   | NONE      | BF16 | 0      | linear_bf16 | linear_bf16
                    256 | 256 | 68  | BF16 | BF16   | NONE      | BF16 | 0      | linear_f32 | linear_f32
                    256 | 256 | 64  | BF16 | BF16   | NONE      | BF16 | 2      | linear_f32 | linear_f32
                    256 | 256 | 64  | F32  | BF16   | NONE      | BF16 | 0      | linear_f32 | linear_f32
                    256 | 256 | 64  | BF16 | F32    | NONE      | BF16 | 0      | linear_f32 | linear_f32
                    256 | 256 | 64  | F32  | F32    | SILU      | F32  | 0      | linear_f32 | linear_f32
                    128 | 128 | 64  | F32  | F32    | NONE      | F32  | 0      | linear_f32_small | linear_f32_small
                    """)
    void linear(
            int m,
            int n,
            int k,
            DType x,
            DType weight,
            Activation f,
            DType out,
            int offset,
            String onHopper,
            String onAmpere) {
        check(
                offset,
                onHopper,
                onAmpere,
                t ->
                        new LinearOp(
                                t.of(x, m, k),
                                Weight.of(t.of(weight, n, k)),
                                t.of(DType.F32, n),
                                f,
                                t.of(out, m, n)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    # k | l   | x    | y    | Hopper | Ampere
                    64  | 72  | BF16 | BF16 | linear_wide | linear_pair_bf16
                    72  | 64  | BF16 | BF16 | linear_pair_bf16 | linear_pair_bf16
                    64  | 68  | BF16 | BF16 | linear_pair_f32 | linear_pair_f32
                    64  | 64  | BF16 | F32  | linear_pair_f32 | linear_pair_f32
                    64  | 64  | F32  | F32  | linear_pair_f32 | linear_pair_f32
                    """)
    void linearPair(int k, int l, DType x, DType y, String onHopper, String onAmpere) {
        check(
                0,
                onHopper,
                onAmpere,
                t ->
                        new LinearPairOp(
                                t.of(x, 256, k),
                                t.of(y, 256, l),
                                Weight.of(t.of(DType.BF16, 256, k + l)),
                                null,
                                t.of(DType.BF16, 256, 256)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    # in | out | side | x    | weight | y    | stride | border | Hopper | Ampere
                    64   | 64  | 3    | BF16 | BF16   | BF16 | 1      | ZEROS  | channels_last conv_tall | channels_last conv_bf16
                    64   | 192 | 3    | BF16 | BF16   | BF16 | 1      | ZEROS  | channels_last conv_192 | channels_last conv_bf16
                    64   | 256 | 3    | BF16 | BF16   | BF16 | 1      | ZEROS  | channels_last conv_wide | channels_last conv_bf16
                    96   | 96  | 3    | BF16 | BF16   | BF16 | 1      | ZEROS  | channels_last conv_96 | channels_last conv_bf16
                    192  | 96  | 3    | BF16 | BF16   | BF16 | 1      | ZEROS  | channels_last conv_96 | channels_last conv_bf16
                    160  | 160 | 3    | BF16 | BF16   | BF16 | 1      | ZEROS  | channels_last conv_192 | channels_last conv_bf16
                    96   | 80  | 3    | BF16 | BF16   | BF16 | 1      | ZEROS  | channels_last conv_bf16 | channels_last conv_bf16
                    64   | 64  | 3    | BF16 | BF16   | BF16 | 1      | EDGE   | channels_last repeat_edges conv_tall | channels_last conv_bf16
                    64   | 64  | 1    | BF16 | BF16   | BF16 | 1      | EDGE   | channels_last conv_tall | channels_last conv_bf16
                    64   | 64  | 3    | BF16 | BF16   | BF16 | 2      | ZEROS  | channels_last conv_bf16 | channels_last conv_bf16
                    64   | 64  | 3    | BF16 | BF16   | F32  | 1      | ZEROS  | channels_last conv_bf16 | channels_last conv_bf16
                    64   | 72  | 3    | BF16 | BF16   | BF16 | 1      | ZEROS  | channels_last conv_bf16 | channels_last conv_bf16
                    32   | 64  | 3    | BF16 | BF16   | BF16 | 1      | ZEROS  | channels_last conv_bf16 | channels_last conv_bf16
                    64   | 3   | 3    | BF16 | BF16   | BF16 | 1      | EDGE   | channels_last linear_wide_f32 sum_taps | channels_last linear_bf16 sum_taps
                    64   | 3   | 3    | BF16 | BF16   | BF16 | 2      | ZEROS  | channels_last conv_bf16 | channels_last conv_bf16
                    64   | 3   | 1    | BF16 | BF16   | BF16 | 1      | ZEROS  | channels_last conv_bf16 | channels_last conv_bf16
                    64   | 16  | 3    | BF16 | BF16   | BF16 | 1      | ZEROS  | channels_last conv_bf16 | channels_last conv_bf16
                    12   | 3   | 3    | BF16 | BF16   | BF16 | 1      | ZEROS  | channels_last conv_f32 | channels_last conv_f32
                    64   | 64  | 3    | F32  | F32    | F32  | 1      | ZEROS  | channels_last conv_f32 | channels_last conv_f32
                    64   | 64  | 3    | BF16 | F32    | BF16 | 1      | ZEROS  | channels_last conv_f32 | channels_last conv_f32
                    """)
    void convolution(
            int in,
            int out,
            int side,
            DType x,
            DType weight,
            DType y,
            int stride,
            Border border,
            String onHopper,
            String onAmpere) {
        int pad = side / 2;
        int to = 24 / stride;
        check(
                0,
                onHopper,
                onAmpere,
                t ->
                        new Conv3dOp(
                                t.of(x, 2, 24, 24, in),
                                Weight.of(t.of(weight, out, in, 1, side, side)),
                                t.of(DType.F32, out),
                                new ConvGeometry(1, stride, pad, pad, pad, pad, border),
                                t.of(y, 2, to, to, out)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    # in | type | Hopper | Ampere
                    64   | BF16 | channels_last conv_small_add | channels_last conv_bf16 elementwise
                    32   | BF16 | channels_last conv_bf16 elementwise | channels_last conv_bf16 elementwise
                    64   | F32  | channels_last conv_f32_small elementwise | channels_last conv_f32_small elementwise
                    """)
    void convolutionThatIsAdded(int in, DType type, String onHopper, String onAmpere) {
        check(
                0,
                onHopper,
                onAmpere,
                t ->
                        new Conv3dAddOp(
                                t.of(type, 1, 8, 8, in),
                                Weight.of(t.of(type, 64, in, 1, 3, 3)),
                                null,
                                ConvGeometry.same(1),
                                t.of(type, 1, 8, 8, 64),
                                t.of(type, 1, 8, 8, 64)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    # in | time | space | depth | border | Hopper | Ampere
                    64   | 1    | 2     | 1     | ZEROS  | channels_last fold_taps conv_tall conv_tall conv_tall conv_tall | upsample upsample channels_last conv_bf16
                    64   | 2    | 2     | 3     | EDGE   | channels_last repeat_edges fold_taps conv_tall conv_tall conv_tall conv_tall conv_small conv_small conv_small conv_small | upsample upsample elementwise elementwise channels_last conv_bf16
                    64   | 2    | 2     | 1     | ZEROS  | upsample upsample channels_last conv_tall | upsample upsample channels_last conv_bf16
                    64   | 1    | 3     | 1     | ZEROS  | upsample upsample channels_last conv_tall | upsample upsample channels_last conv_bf16
                    32   | 1    | 2     | 1     | ZEROS  | upsample upsample channels_last conv_bf16 | upsample upsample channels_last conv_bf16
                    """)
    void convolutionOfWhatIsEnlarged(
            int in,
            int time,
            int space,
            int depth,
            Border border,
            String onHopper,
            String onAmpere) {
        int frames = time + 1;
        check(
                0,
                onHopper,
                onAmpere,
                t ->
                        new ConvolveEnlargedOp(
                                t.of(DType.BF16, 2, 8, 8, in),
                                time,
                                space,
                                Weight.of(t.of(DType.BF16, 64, in, depth, 3, 3)),
                                null,
                                border,
                                t.of(DType.BF16, frames + depth - 1, 8 * space, 8 * space, in),
                                t.of(DType.BF16, frames, 8 * space, 8 * space, 64)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    # m | n   | x    | f         | out  | library | ours
                    128 | 256 | BF16 | NONE      | BF16 | 1       | ''
                    8   | 64  | BF16 | GELU_TANH | BF16 | 1       | ''
                    8   | 64  | BF16 | NONE      | F32  | 0       | linear_bf16
                    8   | 60  | BF16 | NONE      | BF16 | 0       | linear_bf16
                    8   | 64  | BF16 | SILU      | BF16 | 0       | linear_bf16
                    8   | 64  | F32  | NONE      | BF16 | 0       | linear_f32_small
                    """)
    void productOfALibraryThatIsAskedFor(
            int m, int n, DType x, Activation f, DType out, int library, String ours) {
        try (Backend backend =
                EmulatedGpu.open(
                        KernelNames.candidates(8, 0), EmulatedCublasLt.wanted(Wanted.CUBLASLT))) {
            int before = EmulatedCublasLt.products();
            String launched =
                    launched(
                            backend,
                            0,
                            t ->
                                    new LinearOp(
                                            t.of(x, m, 64),
                                            Weight.of(t.of(DType.BF16, n, 64)),
                                            t.of(DType.BF16, n),
                                            f,
                                            t.of(out, m, n)));
            assertThat(launched).isEqualTo(ours);
            assertThat(EmulatedCublasLt.products() - before).isEqualTo(library);
        }
    }
}
