package org.svgen.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.Ops.Border;
import org.svgen.tensor.op.Ops.ConvGeometry;
import org.svgen.tensor.op.Ops.HeadNorm;
import org.svgen.tensor.op.Weight;

/** What every backend computes, attention excepted, at sizes that fit no tile. */
public abstract class OpsContract extends RowsContract {

    @ParameterizedTest
    @CsvSource({"F32,F32", "F32,BF16", "F32,F16", "BF16,F32", "F16,F32", "BF16,F16"})
    void convertsBetweenFloatTypes(DType from, DType to) {
        Tensor x = random(from, 3, 1237);
        agrees(poisoned(to, 3, 1237), 0, (at, out) -> at.ops().convert(at.on(x), out));
    }

    @Test
    void fillsEveryElement() {
        agrees(poisoned(5001), 0, (at, out) -> at.ops().fill(-1.5f, out));
    }

    @Test
    void addsWithFactorsAlsoInPlace() {
        Tensor x = random(7, 4999);
        Tensor y = random(7, 4999);
        agrees(poisoned(7, 4999), (at, out) -> at.ops().axpby(0.75f, at.on(x), -2, at.on(y), out));
        agrees(x, (at, out) -> at.ops().axpby(0.75f, out, -2, at.on(y), out));
        agrees(y, (at, out) -> at.ops().axpby(0.75f, at.on(x), -2, out, out));
    }

    @Test
    void multipliesAlsoInPlace() {
        Tensor x = random(7, 4999);
        Tensor y = random(7, 4999);
        agrees(poisoned(7, 4999), (at, out) -> at.ops().multiply(at.on(x), at.on(y), out));
        agrees(x, (at, out) -> at.ops().multiply(out, at.on(y), out));
    }

    @ParameterizedTest
    @EnumSource
    void activatesAlsoInPlace(Activation f) {
        Tensor x = normal(activations(), 0, 4, 3, 3001);
        agrees(poisoned(3, 3001), (at, out) -> at.ops().activate(f, at.on(x), out));
        agrees(x, (at, out) -> at.ops().activate(f, out, out));
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F32", "BF16", "F16"})
    void looksUpEmbeddings(DType dtype) {
        Tensor table = random(dtype, 19, 37);
        Tensor ids = ints(new int[] {3, 18, 0, 3, 7}, 5);
        agrees(poisoned(5, 37), (at, out) -> at.ops().embedding(at.on(ids), at.weight(table), out));
    }

    @ParameterizedTest
    @CsvSource({
        "1,1,1,F32", "1,5,300,BF16", "3,129,7,F16", "37,65,19,F32", "101,193,67,BF16",
        "2,1000,513,F32", "211,64,192,F16", "130,31,1027,F32", "5,768,33,BF16", "97,48,385,F32",
        "150,136,200,BF16", "129,67,40,BF16"
    })
    void multipliesMatrices(int m, int n, int k, DType weights) {
        Tensor x = random(m, k);
        Tensor w = random(weights, n, k);
        Tensor bias = random(weights, n);
        agrees(
                poisoned(m, n),
                (at, out) ->
                        at.ops()
                                .linear(
                                        at.on(x),
                                        at.weight(w),
                                        at.on(bias),
                                        Activation.GELU_TANH,
                                        out));
        agrees(
                poisoned(m, n),
                (at, out) -> at.ops().linear(at.on(x), at.weight(w), null, Activation.NONE, out));
    }

    @ParameterizedTest
    @EnumSource
    void appliesEveryActivationAfterTheProduct(Activation f) {
        Tensor x = random(2, 33, 40);
        Tensor w = random(DType.F32, 50, 40);
        agrees(
                poisoned(2, 33, 50),
                (at, out) -> at.ops().linear(at.on(x), at.weight(w), null, f, out));
    }

    @ParameterizedTest
    @CsvSource({"1,9,1,1", "37,65,19,50", "101,193,67,5", "2,100,513,129", "130,40,64,256"})
    void multipliesTwoInputsSideBySide(int m, int n, int k, int l) {
        Tensor x = random(m, k);
        Tensor y = random(m, l);
        Tensor bias = random(DType.F32, n);
        for (DType dtype : new DType[] {DType.F32, DType.BF16}) {
            Tensor w = random(dtype, n, k + l);
            agrees(
                    poisoned(m, n),
                    (at, out) ->
                            at.ops()
                                    .linearPair(
                                            at.on(x), at.on(y), at.weight(w), at.on(bias), out));
            agrees(
                    poisoned(m, n),
                    (at, out) -> at.ops().linearPair(at.on(x), at.on(y), at.weight(w), null, out));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1,3,5,8,4",
        "3,7,11,36,6",
        "5,16,9,70,35",
        "2,1,1,4,1",
        "4,20,20,40,5",
        "3,21,17,64,8",
        "2,3,5,32,8",
        "2,9,37,128,32",
        "1,2,3,1024,32",
        "1,2,37,512,32"
    })
    void normalisesGroupsFarFromZero(int t, int h, int w, int c, int groups) {
        Tensor x = normal(activations(), 5, 1, t, h, w, c);
        Tensor weight = random(DType.BF16, c);
        Tensor bias = random(DType.F32, c);
        agrees(
                poisoned(t, h, w, c),
                (at, out) ->
                        at.ops()
                                .groupNorm(
                                        at.on(x),
                                        groups,
                                        at.on(weight),
                                        at.on(bias),
                                        1e-6f,
                                        null,
                                        null,
                                        null,
                                        Activation.SILU,
                                        out));
    }

    @ParameterizedTest
    @CsvSource({
        "1,5,7,36,4,1",
        "2,1,9,64,8,1",
        "2,6,1,32,8,1",
        "1,3,4,20,5,2",
        "3,5,10,64,16,2",
        "1,2,29,256,32,1"
    })
    void normalisesGroupsIntoFramesWithAMargin(int t, int h, int w, int c, int groups, int m) {
        Tensor x = random(t, h, w, c);
        Tensor weight = random(DType.BF16, c);
        Tensor bias = random(DType.F32, c);
        agrees(
                poisoned(t, h + 2 * m, w + 2 * m, c),
                (at, out) ->
                        at.ops()
                                .groupNorm(
                                        at.on(x),
                                        groups,
                                        at.on(weight),
                                        at.on(bias),
                                        1e-5f,
                                        null,
                                        null,
                                        null,
                                        Activation.SILU,
                                        out));
    }

    @ParameterizedTest
    @CsvSource({"36,10", "32,10", "64,20", "32,18"})
    void modulatesGroupsByCoarserData(int c, int w) {
        Tensor x = random(5, 12, w, c);
        Tensor weight = random(DType.F32, c);
        Tensor bias = random(DType.F32, c);
        Tensor scale = random(3, 4, 5, c);
        Tensor shift = random(3, 4, 5, c);
        int[] frames = {0, 1, 1, 2, 2};
        agrees(
                poisoned(5, 12, w, c),
                (at, out) ->
                        at.ops()
                                .groupNorm(
                                        at.on(x),
                                        4,
                                        at.on(weight),
                                        at.on(bias),
                                        1e-6f,
                                        at.on(scale),
                                        at.on(shift),
                                        frames,
                                        Activation.NONE,
                                        out));
    }

    @ParameterizedTest
    @CsvSource({
        // T, H, W, Ci, Co, kt, kh, kw, strides of time and space, padding
        "3,6,7,5,9,3,3,3,1,1,1,1,1,1", "1,5,5,3,64,1,1,1,1,1,0,0,0,0",
        "2,9,8,16,7,1,3,3,1,2,0,1,0,1", "5,4,6,33,66,3,3,3,2,1,1,1,1,1",
        "1,13,3,70,3,1,3,3,1,1,1,1,1,1", "4,3,2,1,1,2,3,2,1,1,2,1,1,0"
    })
    void convolves(
            int t,
            int h,
            int w,
            int ci,
            int co,
            int kt,
            int kh,
            int kw,
            int strideT,
            int strideS,
            int top,
            int bottom,
            int left,
            int right) {
        Tensor x = random(t, h, w, ci);
        Tensor bias = random(DType.F32, co);
        for (Border border : Border.values()) {
            convolves(
                    x,
                    bias,
                    co,
                    kt,
                    kh,
                    kw,
                    new ConvGeometry(strideT, strideS, top, bottom, left, right, border));
        }
    }

    private void convolves(Tensor x, Tensor bias, int co, int kt, int kh, int kw, ConvGeometry g) {
        int outT = (x.size(0) - kt) / g.strideTime() + 1;
        int outH = (x.size(1) + g.top() + g.bottom() - kh) / g.strideSpace() + 1;
        int outW = (x.size(2) + g.left() + g.right() - kw) / g.strideSpace() + 1;
        for (DType dtype : new DType[] {DType.F32, DType.BF16, DType.F16}) {
            Tensor weight = random(dtype, co, x.size(3), kt, kh, kw);
            agrees(
                    poisoned(outT, outH, outW, co),
                    (at, out) -> at.ops().conv3d(at.on(x), at.weight(weight), at.on(bias), g, out));
            agrees(
                    poisoned(outT, outH, outW, co),
                    (at, out) -> at.ops().conv3d(at.on(x), at.weight(weight), null, g, out));
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1", "2,2", "1,2", "3,1"})
    void upsamplesToTheNearest(int time, int space) {
        Tensor x = random(3, 5, 7, 11);
        agrees(
                poisoned(3L * time, 5L * space, 7L * space, 11),
                0,
                (at, out) -> at.ops().upsampleNearest(at.on(x), time, space, out));
    }

    @Test
    void averagesPairsOfFrames() {
        Tensor x = random(6, 5, 7, 3);
        agrees(poisoned(3, 5, 7, 3), (at, out) -> at.ops().averageFramePairs(at.on(x), out));
    }

    @ParameterizedTest
    @CsvSource({"4,2,2,6,12", "3,2,2,6,12", "5,2,2,8,4", "3,1,2,5,10", "2,1,1,6,6", "4,3,2,5,20"})
    void addsMeansOfPlaces(int frames, int time, int space, int in, int out) {
        Tensor x = random(frames, 3L * space, 5L * space, in);
        agrees(
                random(Math.ceilDiv(frames, time), 3, 5, out),
                (at, to) -> at.ops().addAveraged(at.on(x), time, space, to));
    }

    @ParameterizedTest
    @CsvSource({
        "4,2,2,6,12",
        "3,2,2,6,6",
        "5,2,2,8,4",
        "3,1,2,10,5",
        "2,1,1,6,6",
        "4,3,2,20,5",
        "3,2,2,8,8",
        "2,1,2,16,8"
    })
    void addsCopiesOfPlaces(int frames, int time, int space, int in, int out) {
        Tensor x = random(Math.ceilDiv(frames, time), 3, 5, in);
        agrees(
                random(frames, 3L * space, 5L * space, out),
                (at, to) -> at.ops().addDuplicated(at.on(x), time, space, to));
    }

    @ParameterizedTest
    @CsvSource({"0,1,2,3", "3,2,1,0", "1,0,3,2", "0,2,1,3", "2,3,0,1"})
    void permutesDimensions(int a, int b, int c, int d) {
        int[] order = {a, b, c, d};
        int[] dims = {3, 17, 5, 29};
        for (DType dtype : new DType[] {DType.F32, DType.BF16}) {
            Tensor x = random(dtype, 3, 17, 5, 29);
            agrees(
                    poisoned(dtype, dims[a], dims[b], dims[c], dims[d]),
                    0,
                    (at, out) -> at.ops().permute(at.on(x), order, out));
        }
    }

    @ParameterizedTest
    @CsvSource({"3,128", "40,128", "3,64", "3,40", "3,6"})
    void splitsNormalisesAndRotatesHeads(int heads, int d) {
        for (HeadNorm.Kind kind : HeadNorm.Kind.values()) {
            Tensor x = random(2, 13, heads, d);
            Tensor w = random(DType.F32, kind == HeadNorm.Kind.RMS_ACROSS ? heads * d : d);
            Tensor b = random(DType.F32, d);
            Tensor cos = random(DType.F32, 8, d);
            Tensor sin = random(DType.F32, 8, d);
            HeadNorm full = new HeadNorm(kind, w, kind == HeadNorm.Kind.LAYER ? b : null, 1e-6f);
            HeadNorm bare = new HeadNorm(kind, null, null, 1e-6f);
            agrees(
                    poisoned(2, heads, 13, d),
                    (at, out) ->
                            at.ops()
                                    .splitHeads(
                                            at.on(x), at.on(full), at.on(cos), at.on(sin), 4, out));
            agrees(
                    poisoned(2, heads, 13, d),
                    (at, out) -> at.ops().splitHeads(at.on(x), bare, null, null, 0, out));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {40, 64, 128})
    void splitsHeadsIntoAPartOfTheTokens(int d) {
        Tensor x = random(2, 13, 3, d);
        Tensor w = random(DType.F32, d);
        Tensor cos = random(DType.F32, 13, d);
        Tensor sin = random(DType.F32, 13, d);
        HeadNorm norm = new HeadNorm(HeadNorm.Kind.RMS, w, null, 1e-6f);
        agrees(
                random(2, 3, 21, d),
                (at, out) ->
                        at.ops()
                                .splitHeads(
                                        at.on(x), at.on(norm), at.on(cos), at.on(sin), 0, 5, out));
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 128})
    void splitsHeadsOfAnotherType(int d) {
        Tensor x = random(DType.F32, 1, 7, 5, d);
        agrees(
                poisoned(1, 5, 7, d),
                (at, out) -> at.ops().splitHeads(at.on(x), HeadNorm.NONE, null, null, 0, out));
    }

    @Test
    void countsWhatIsNotFinite() {
        Tensor x = random(3, 7001);
        Doubles.put(x, 0, Double.NaN);
        Doubles.put(x, 20000, Double.POSITIVE_INFINITY);
        Doubles.put(x, 21002, Double.NEGATIVE_INFINITY);
        agrees(poisoned(DType.I32, 1), (at, out) -> at.ops().countNonFinite(at.on(x), out));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 64, 300})
    void addsUpDistancesByShares(int shares) {
        Tensor x = random(3, 7001);
        Tensor y = random(DType.F32, 3, 7001);
        agrees(
                poisoned(DType.F32, shares),
                (at, out) -> at.ops().distance(at.on(x), at.on(y), out));
        agrees(poisoned(DType.F32, shares), (at, out) -> at.ops().distance(at.on(x), null, out));
    }

    @Test
    void aShareWithWhatIsNoNumberIsNoNumber() {
        Tensor x = random(3, 7001);
        Doubles.put(x, 20000, Double.NaN);
        float[] sums =
                run(poisoned(DType.F32, 4), (at, out) -> at.ops().distance(at.on(x), null, out))
                        .toFloats();
        assertThat(sums[3]).isNaN();
        assertThat(sums[0]).isFinite();
    }

    @Test
    void distancesHaveTheSameBitsEachTime() {
        Tensor x = random(DType.F32, 40, 7001);
        Tensor y = random(DType.F32, 40, 7001);
        Call distance = (at, out) -> at.ops().distance(at.on(x), at.on(y), out);
        float[] bits = run(poisoned(DType.F32, 16), distance).toFloats();
        for (int i = 0; i < 5; i++) {
            assertThat(run(poisoned(DType.F32, 16), distance).toFloats()).isEqualTo(bits);
        }
    }

    @Test
    void refusesShapesThatDoNotAgree() {
        Tensor x = backend().upload(random(4, 5));
        Tensor other = backend().upload(random(4, 6));
        assertThatThrownBy(() -> backend().ops().axpby(1, x, 1, other, x))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(
                        () -> backend().ops().linear(x, Weight.of(other), null, Activation.NONE, x))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> backend().ops().permute(x, new int[] {1, 0}, other))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
