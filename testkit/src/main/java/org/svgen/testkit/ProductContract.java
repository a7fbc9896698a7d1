package org.svgen.testkit;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.ConvolveAfterOp;
import org.svgen.tensor.op.GroupNormOp;
import org.svgen.tensor.op.GroupNormOp.Modulation;
import org.svgen.tensor.op.Ops.Border;
import org.svgen.tensor.op.Ops.ConvGeometry;

/**
 * Products of bf16 matrices whose rows are whole groups of eight elements, as tensor cores take
 * them: whole tiles and others, few of them and more than a GPU has multiprocessors.
 */
public abstract class ProductContract extends BackendContract {
    @Override
    protected final double tolerance() {
        return 5e-3;
    }

    @ParameterizedTest
    @CsvSource({
        "1,8,8,BF16",
        "130,264,72,BF16",
        "130,264,72,F32",
        "256,256,64,BF16",
        "300,520,136,F32",
        "2,1032,512,BF16",
        "65,128,1000,F32",
        "2300,2056,24,BF16",
        "2300,2056,8,F32"
    })
    void multipliesMatrices(int m, int n, int k, DType type) {
        Tensor x = random(DType.BF16, m, k);
        Tensor w = random(DType.BF16, n, k);
        Tensor bias = random(DType.BF16, n);
        agrees(
                poisoned(type, m, n),
                (at, out) ->
                        at.ops().linear(at.on(x), at.weight(w), at.on(bias), Activation.NONE, out));
    }

    @ParameterizedTest
    @EnumSource
    void appliesEveryActivationAfterTheProduct(Activation f) {
        Tensor w = random(DType.BF16, 264, 72);
        Tensor bias = random(DType.F32, 264);
        for (DType type : new DType[] {DType.BF16, DType.F32}) {
            for (int m : new int[] {10, 300}) {
                Tensor x = random(DType.BF16, m, 72);
                agrees(
                        poisoned(type, m, 264),
                        (at, out) -> at.ops().linear(at.on(x), at.weight(w), at.on(bias), f, out));
            }
        }
    }

    /** As large layers have them. */
    @ParameterizedTest
    @EnumSource(
            value = Activation.class,
            names = {"NONE", "GELU_TANH"})
    void addsABiasOfTheTypeOfTheResult(Activation f) {
        Tensor x = random(DType.BF16, 140, 200);
        Tensor w = random(DType.BF16, 328, 200);
        for (DType type : new DType[] {DType.BF16, DType.F32}) {
            Tensor bias = random(type, 328);
            agrees(
                    poisoned(type, 140, 328),
                    (at, out) -> at.ops().linear(at.on(x), at.weight(w), at.on(bias), f, out));
            agrees(
                    poisoned(type, 140, 328),
                    (at, out) -> at.ops().linear(at.on(x), at.weight(w), null, f, out));
        }
    }

    @ParameterizedTest
    @CsvSource({"130,264,64,72", "20,40,192,64", "37,136,40,24"})
    void multipliesTwoInputsSideBySide(int m, int n, int k, int l) {
        Tensor x = random(DType.BF16, m, k);
        Tensor y = random(DType.BF16, m, l);
        Tensor w = random(DType.BF16, n, k + l);
        Tensor bias = random(DType.BF16, n);
        for (DType type : new DType[] {DType.BF16, DType.F32}) {
            agrees(
                    poisoned(type, m, n),
                    (at, out) ->
                            at.ops()
                                    .linearPair(
                                            at.on(x), at.on(y), at.weight(w), at.on(bias), out));
            agrees(
                    poisoned(type, m, n),
                    (at, out) -> at.ops().linearPair(at.on(x), at.on(y), at.weight(w), null, out));
        }
    }

    /** Rows and columns that no wide access reaches, and weights of another type. */
    @Test
    void multipliesWhatTensorCopiesCannotReach() {
        Tensor x = random(DType.BF16, 33, 41);
        Tensor w = random(DType.BF16, 70, 41);
        Tensor even = random(DType.BF16, 33, 40);
        Tensor wide = random(DType.F32, 70, 40);
        for (DType type : new DType[] {DType.BF16, DType.F32}) {
            agrees(
                    poisoned(type, 33, 70),
                    (at, out) ->
                            at.ops().linear(at.on(x), at.weight(w), null, Activation.NONE, out));
            agrees(
                    poisoned(type, 33, 70),
                    (at, out) ->
                            at.ops()
                                    .linear(
                                            at.on(even),
                                            at.weight(wide),
                                            null,
                                            Activation.NONE,
                                            out));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "3,9,17,64,128,3,3,1",
        "1,18,34,128,256,1,3,1",
        "4,6,40,64,320,3,3,1",
        "2,8,5,128,64,2,2,0",
        "1,33,70,64,64,1,1,0",
        "4,7,10,72,3,3,3,1",
        "2,5,8,16,4,1,3,2",
        "2,9,17,96,96,1,3,1",
        "3,6,9,96,192,3,1,0",
        "1,8,34,160,160,1,3,1",
        "1,9,5,192,96,1,2,0"
    })
    void convolvesFrames(int t, int h, int w, int ci, int co, int kt, int k, int margin) {
        Tensor x = random(DType.BF16, t, h, w, ci);
        Tensor weight = random(DType.BF16, co, ci, kt, k, k);
        Tensor bias = random(DType.F32, co);
        for (Border border : Border.values()) {
            ConvGeometry g = new ConvGeometry(1, 1, margin, margin, margin, margin, border);
            int more = 2 * margin + 1 - k;
            agrees(
                    poisoned(DType.BF16, t - kt + 1, h + more, w + more, co),
                    (at, out) -> at.ops().conv3d(at.on(x), at.weight(weight), at.on(bias), g, out));
        }
    }

    /** The last convolution of an autoencoder, to colours or to those of patches. */
    @ParameterizedTest
    @CsvSource({"4,7,10,96,3", "3,9,5,64,12"})
    void convolvesToPixels(int t, int h, int w, int ci, int co) {
        Tensor x = random(DType.BF16, t, h, w, ci);
        Tensor weight = random(DType.BF16, co, ci, 3, 3, 3);
        Tensor bias = random(DType.F32, co);
        agrees(
                poisoned(DType.F32, t - 2, h, w, co),
                (at, out) ->
                        at.ops()
                                .conv3d(
                                        at.on(x),
                                        at.weight(weight),
                                        at.on(bias),
                                        ConvGeometry.same(1),
                                        out));
    }

    @ParameterizedTest
    @CsvSource({"1,9,10,128,64", "3,17,9,64,64", "2,3,40,64,192", "1,5,17,96,96", "1,6,9,96,192"})
    void addsConvolvedFrames(int t, int h, int w, int ci, int co) {
        Tensor x = random(DType.BF16, t + 2, h, w, ci);
        Tensor weight = random(DType.BF16, co, ci, 3, 3, 3);
        Tensor bias = random(DType.F32, co);
        Tensor scratch = random(DType.BF16, t, h, w, co);
        for (Border border : Border.values()) {
            ConvGeometry g = new ConvGeometry(1, 1, 1, 1, 1, 1, border);
            agrees(
                    random(DType.BF16, t, h, w, co),
                    (at, out) ->
                            at.ops()
                                    .conv3dAdd(
                                            at.on(x),
                                            at.weight(weight),
                                            at.on(bias),
                                            g,
                                            at.on(scratch),
                                            out));
        }
    }

    /** Of so many frames that came before. */
    @ParameterizedTest
    @CsvSource({
        "1,3,9,10,128,64",
        "2,2,7,9,64,64",
        "3,1,5,8,64,128",
        "1,2,5,7,8,3",
        "2,6,9,20,64,128",
        "3,5,17,9,128,64",
        "2,2,6,9,96,96"
    })
    void convolvesFramesAfterOthers(int before, int t, int h, int w, int ci, int co) {
        Tensor past = random(DType.BF16, before, h, w, ci);
        Tensor x = random(DType.BF16, t + 2, h, w, ci);
        Tensor weight = random(DType.BF16, co, ci, 3, 3, 3);
        Tensor bias = random(DType.F32, co);
        Tensor scratch = random(DType.BF16, t, h, w, co);
        for (Border border : Border.values()) {
            ConvGeometry g = new ConvGeometry(1, 1, 1, 1, 1, 1, border);
            for (boolean add : new boolean[] {false, true}) {
                agrees(
                        random(DType.BF16, t, h, w, co),
                        (at, out) ->
                                at.ops()
                                        .convolveAfter(
                                                at.on(past),
                                                at.on(x),
                                                at.weight(weight),
                                                at.on(bias),
                                                g,
                                                add ? at.on(scratch) : null,
                                                out));
            }
        }
    }

    /** Of so many frames that came before; of none where copies of the first are before it. */
    @ParameterizedTest
    @CsvSource({
        "0,5,9,11,64,128,0",
        "0,9,7,9,64,64,1",
        "0,4,17,10,128,64,1",
        "2,4,9,19,64,128,0",
        "2,8,6,7,64,64,0",
        "2,5,10,9,128,64,0",
        "1,2,5,6,64,64,0",
        "0,3,5,6,24,16,0"
    })
    void convolvesNormedFrames(int before, int t, int h, int w, int ci, int co, int margin) {
        long height = h + 2L * margin;
        long width = w + 2L * margin;
        Tensor x = random(DType.BF16, t, h, w, ci);
        Tensor past = random(DType.BF16, Math.max(1, before), height, width, ci);
        Tensor room = random(DType.BF16, t + 2L, height, width, ci);
        Tensor of = random(DType.F32, ci);
        Tensor plus = random(DType.F32, ci);
        Tensor scale = random(DType.BF16, 2, 3, 2, ci);
        Tensor shift = random(DType.BF16, 2, 3, 2, ci);
        Tensor weight = random(DType.BF16, co, ci, 3, 3, 3);
        Tensor bias = random(DType.F32, co);
        Tensor scratch = random(DType.BF16, t, h, w, co);
        int[] frames = IntStream.range(0, t).map(i -> i * 2 / t).toArray();
        int p = 1 - margin;
        ConvGeometry g = new ConvGeometry(1, 1, p, p, p, p, Border.ZEROS);
        for (boolean modulated : new boolean[] {false, true}) {
            for (boolean add : new boolean[] {false, true}) {
                for (boolean tail : new boolean[] {false, true}) {
                    // The result that is looked at is the tail, if there is one.
                    agrees(
                            tail
                                    ? poisoned(DType.BF16, 2, height, width, ci)
                                    : random(DType.BF16, t, h, w, co),
                            (at, out) -> {
                                Tensor inside = at.on(room);
                                GroupNormOp norm =
                                        new GroupNormOp(
                                                at.on(x),
                                                8,
                                                at.on(of),
                                                at.on(plus),
                                                1e-5f,
                                                modulated
                                                        ? new Modulation(
                                                                at.on(scale), at.on(shift), frames)
                                                        : null,
                                                Activation.SILU,
                                                inside.rows(2, t + 2));
                                ConvolveAfterOp convolution =
                                        new ConvolveAfterOp(
                                                before == 0 ? inside.rows(2, 3) : at.on(past),
                                                inside,
                                                at.weight(weight),
                                                at.on(bias),
                                                g,
                                                add ? at.on(scratch) : null,
                                                tail ? at.on(scratch) : out);
                                at.ops().convolveNormed(norm, convolution, tail ? out : null);
                            });
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "3,5,9,64,128,2,2,3",
        "1,8,6,64,64,2,2,3",
        "2,6,7,128,64,1,2,3",
        "2,9,5,64,64,1,2,1",
        "1,6,5,192,96,1,2,1",
        "2,4,5,64,64,1,3,1",
        "3,4,3,8,5,2,2,3"
    })
    void convolvesEnlargedFrames(int t, int h, int w, int ci, int co, int time, int space, int kt) {
        Tensor x = random(DType.BF16, t, h, w, ci);
        Tensor weight = random(DType.BF16, co, ci, kt, 3, 3);
        Tensor bias = random(DType.F32, co);
        int frames = (t - 1) * time + 1;
        Tensor scratch =
                random(DType.BF16, frames + kt - 1L, (long) h * space, (long) w * space, ci);
        for (Border border : Border.values()) {
            agrees(
                    poisoned(DType.BF16, frames, (long) h * space, (long) w * space, co),
                    (at, out) ->
                            at.ops()
                                    .convolveEnlarged(
                                            at.on(x),
                                            time,
                                            space,
                                            at.weight(weight),
                                            at.on(bias),
                                            border,
                                            at.on(scratch),
                                            out));
        }
    }
}
