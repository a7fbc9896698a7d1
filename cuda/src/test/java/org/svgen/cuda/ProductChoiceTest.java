package org.svgen.cuda;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

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
import org.svgen.tensor.op.Conv3dAddOp;
import org.svgen.tensor.op.Conv3dOp;
import org.svgen.tensor.op.ConvolveAfterOp;
import org.svgen.tensor.op.ConvolveEnlargedOp;
import org.svgen.tensor.op.EightBitNormOp;
import org.svgen.tensor.op.LinearOp;
import org.svgen.tensor.op.LinearPairOp;
import org.svgen.tensor.op.Op;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.op.Ops.Border;
import org.svgen.tensor.op.Ops.ConvGeometry;
import org.svgen.tensor.op.Weight;

/** Which kernels multiply and convolve. */
class ProductChoiceTest extends KernelChoice {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    # m | n   | k   | x    | weight | f         | out  | offset | Hopper | Ampere
                    256 | 256 | 64  | BF16 | BF16   | NONE      | BF16 | 0      | linear_wide | linear_bf16
                    128 | 256 | 64  | BF16 | BF16   | NONE      | BF16 | 0      | linear_narrow | linear_bf16
                    128 | 128 | 64  | BF16 | BF16   | NONE      | BF16 | 0      | linear_slim | linear_bf16
                    64  | 128 | 64  | BF16 | BF16   | NONE      | F32  | 0      | linear_slim_f32 | linear_bf16
                    63  | 128 | 64  | BF16 | BF16   | NONE      | F32  | 0      | linear_narrow_f32 | linear_bf16
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
                    64   | 3   | 3    | BF16 | BF16   | BF16 | 1      | EDGE   | channels_last linear_narrow_f32 sum_taps | channels_last linear_bf16 sum_taps
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

    /** Behind frames that lie elsewhere, on two multiprocessors. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    # in | out | frames | Hopper | Ampere
                    64   | 64  | 8      | pair_taps pair_frames conv_pairs | elementwise elementwise channels_last conv_bf16
                    64   | 128 | 5      | pair_taps pair_frames conv_pairs | elementwise elementwise channels_last conv_bf16
                    64   | 64  | 1      | channels_last conv_small | elementwise elementwise channels_last conv_bf16
                    96   | 96  | 8      | channels_last conv_96 | elementwise elementwise channels_last conv_bf16
                    """)
    void convolutionOfSeveralFrames(int in, int out, int frames, String onHopper, String onAmpere) {
        check(
                0,
                onHopper,
                onAmpere,
                t ->
                        new ConvolveAfterOp(
                                t.of(DType.BF16, 2, 8, 8, in),
                                t.of(DType.BF16, frames + 2, 8, 8, in),
                                Weight.of(t.of(DType.BF16, out, in, 3, 3, 3)),
                                null,
                                ConvGeometry.same(1),
                                null,
                                t.of(DType.BF16, frames, 8, 8, out)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    # in | time | space | depth | border | Hopper | Ampere
                    64   | 1    | 2     | 1     | ZEROS  | fold_taps conv_small conv_small conv_small conv_small | upsample upsample channels_last conv_bf16
                    64   | 2    | 2     | 3     | EDGE   | repeat_edges fold_taps conv_small conv_small conv_small conv_small conv_small conv_small conv_small conv_small | upsample upsample elementwise elementwise channels_last conv_bf16
                    64   | 2    | 2     | 1     | ZEROS  | upsample upsample channels_last conv_small | upsample upsample channels_last conv_bf16
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

    /** k beyond 8192 is summed in f32 too. */
    @ParameterizedTest
    @CsvSource({
        "256, 256, 64, NONE, BF16, linear8_wide",
        "128, 256, 64, NONE, BF16, linear8_narrow",
        "256, 256, 8192, NONE, BF16, linear8_wide",
        "256, 256, 8208, NONE, BF16, linear8_long",
        "256, 256, 64, NONE, F32, linear8_long_f32",
        "8, 256, 64, NONE, F32, linear8_narrow_f32",
        "256, 256, 8208, GELU_TANH, BF16, linear8_wide_gelu_tanh",
        "8, 256, 64, GELU_TANH, BF16, linear8_narrow_gelu_tanh"
    })
    void linearOf8Bits(int m, int n, int k, Activation f, DType out, String onHopper) {
        assertThat(launched(hopper, 0, in -> inEightBits(in, m, n, k, DType.BF16, f, out)))
                .isEqualTo("quantise_rows " + onHopper);
    }

    /** Longer rows, and shorter ones, are normed into bf16 first. */
    @ParameterizedTest
    @CsvSource({
        "3072, true, norm8_affine linear8_narrow",
        "3072, false, norm8 linear8_narrow",
        "128, false, norm8 linear8_narrow",
        "112, false, row_norm quantise_rows linear8_narrow",
        "5120, true, row_norm_kept_long quantise_rows linear8_narrow"
    })
    void normsOf8Bits(int c, boolean affine, String kernels) {
        var memory = hopper.allocate(8 << 20);
        try {
            Tensor x = new Tensor(DType.F32, Shape.of(8, c), memory, 0);
            Tensor values = new Tensor(DType.F8_E4M3, Shape.of(8, c), memory, 1 << 20);
            Tensor scales = new Tensor(DType.F32, Shape.of(8), memory, 2 << 20);
            Tensor w = new Tensor(DType.F8_E4M3, Shape.of(64, c), memory, 3 << 20);
            Tensor of = new Tensor(DType.F32, Shape.of(64), memory, 4 << 20);
            Tensor y = new Tensor(DType.BF16, Shape.of(8, 64), memory, 5 << 20);
            Tensor row = new Tensor(DType.F32, Shape.of(c), memory, 6 << 20);
            EightBitNormOp norm =
                    new EightBitNormOp(
                            x,
                            affine ? row : null,
                            affine ? row : null,
                            1e-6f,
                            row,
                            row,
                            DType.BF16,
                            scales,
                            values);
            Weight weight = new Weight(w, of, Weight.Inputs.EIGHT_BITS);
            LinearOp product = new LinearOp(values, scales, weight, null, Activation.NONE, y);
            EmulatedGpu.launched();
            hopper.ops().run(norm);
            hopper.ops().run(product);
            assertThat(
                            EmulatedGpu.launched().stream()
                                    .map(l -> l.split(" ")[0])
                                    .collect(joining(" ")))
                    .isEqualTo(kernels);
            assertThat(hopper.scratchBytes(norm))
                    .isEqualTo(kernels.startsWith("norm8") ? 0 : 16L * c);
            assertThat(hopper.scratchBytes(product)).isZero();
            assertThat(hopper.refuses(norm)).isEmpty();
            assertThat(ampere.refuses(norm)).isPresent();
        } finally {
            hopper.release(memory);
        }
    }

    /** Queries, keys and values; then the input may be another. */
    @Test
    void productsOfOneInputRoundItOnce() {
        var memory = hopper.allocate(8 << 20);
        try {
            Tensor x = new Tensor(DType.BF16, Shape.of(8, 64), memory, 0);
            Tensor w = new Tensor(DType.F8_E4M3, Shape.of(64, 64), memory, 1 << 20);
            Tensor scale = new Tensor(DType.F32, Shape.of(64), memory, 2 << 20);
            Tensor y = new Tensor(DType.BF16, Shape.of(8, 64), memory, 3 << 20);
            Tensor heads = new Tensor(DType.BF16, Shape.of(1, 1, 8, 64), memory, 4 << 20);
            Weight weight = new Weight(w, scale, Weight.Inputs.EIGHT_BITS);
            Ops ops = hopper.ops();
            EmulatedGpu.launched();
            for (int i = 0; i < 2; i++) {
                ops.linear(x, weight, null, Activation.NONE, y);
                ops.splitHeads(y.reshape(1, 8, 1, 64), Ops.HeadNorm.NONE, null, null, 0, 0, heads);
            }
            ops.linear(x.rows(0, 4), weight, null, Activation.NONE, y.rows(0, 4));
            ops.linear(x, weight, null, Activation.NONE, y);
            ops.axpby(1, y, 0, y, x);
            ops.linear(x, weight, null, Activation.NONE, y);
            ops.linear(x, weight, null, Activation.NONE, x);
            ops.linear(x, weight, null, Activation.NONE, y);
            assertThat(EmulatedGpu.launched().stream().filter(l -> l.startsWith("quantise_rows")))
                    .hasSize(5);
        } finally {
            hopper.release(memory);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    64    | BF16 | SILU      | BF16 | no activation, or tanh's gelu into bf16
                    64    | BF16 | GELU_TANH | F32  | no activation, or tanh's gelu into bf16
                    72    | BF16 | NONE      | BF16 | rows of groups of 16 elements
                    64    | F32  | NONE      | BF16 | inputs in bf16
                    32784 | BF16 | NONE      | BF16 | inputs of at most 32768 columns
                    """)
    void productsOf8BitsAreRefusedWhereNoKernelHasThem(
            int k, DType x, Activation f, DType out, String reason) {
        Op op = inEightBits(Tensor::phantom, 256, 256, k, x, f, out);
        assertThat(hopper.refuses(op)).hasValueSatisfying(why -> assertThat(why).contains(reason));
        assertThat(ampere.refuses(op)).isPresent();
        Op taken = inEightBits(Tensor::phantom, 256, 256, 64, DType.BF16, Activation.NONE, x);
        assertThat(hopper.refuses(taken)).isEmpty();
        assertThat(hopper.scratchBytes(taken)).isEqualTo(256 * 64 + 256 * 4);
    }

    private static LinearOp inEightBits(
            Operands in, int m, int n, int k, DType x, Activation f, DType out) {
        return new LinearOp(
                in.of(x, m, k),
                new Weight(
                        in.of(DType.F8_E4M3, n, k), in.of(DType.F32, n), Weight.Inputs.EIGHT_BITS),
                in.of(DType.F32, n),
                f,
                in.of(out, m, n));
    }
}
