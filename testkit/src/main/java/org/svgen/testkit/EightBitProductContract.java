package org.svgen.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.tensor.DType;
import org.svgen.tensor.Float8;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.EightBitNormOp;
import org.svgen.tensor.op.Weight;

/**
 * Products that round their inputs to 8 bits: they differ from the reference, which rounds the same
 * way, by their sums alone.
 */
public abstract class EightBitProductContract extends BackendContract {
    /** Of bf16 results, and of sums that tensor cores keep in 14 bits. */
    @Override
    protected final double tolerance() {
        return 6e-3;
    }

    /** Normally distributed weights in 8 bits. */
    private Weight weight(int n, int k) {
        return rounded(random(DType.F32, n, k));
    }

    private Weight rounded(Tensor numbers) {
        int n = numbers.size(0);
        float[] row = numbers.toFloats();
        int k = row.length / n;
        byte[] values = new byte[row.length];
        Tensor scale = Tensor.zeros(Arena.ofAuto(), DType.F32, n);
        for (int i = 0; i < n; i++) {
            float most = 0;
            for (int j = i * k; j < (i + 1) * k; j++) {
                most = Math.max(most, Math.abs(row[j]));
            }
            Doubles.put(scale, i, Float8.scale(most));
            for (int j = i * k; j < (i + 1) * k; j++) {
                values[j] = Float8.toE4m3(row[j] * Float8.inverse(most));
            }
        }
        Tensor bytes = Tensor.zeros(Arena.ofAuto(), DType.F8_E4M3, n, k);
        bytes.host().copyFrom(MemorySegment.ofArray(values));
        return new Weight(bytes, scale, Weight.Inputs.EIGHT_BITS);
    }

    @ParameterizedTest
    @CsvSource({
        "1,8,16,BF16",
        "130,264,80,BF16",
        "130,264,80,F32",
        "256,256,128,BF16",
        "300,520,144,F32",
        "2,1032,512,BF16",
        "65,128,1040,F32",
        "2300,2056,16,BF16"
    })
    void multipliesMatrices(int m, int n, int k, DType type) {
        Tensor x = random(DType.BF16, m, k);
        Tensor bias = random(DType.BF16, n);
        Weight w = weight(n, k);
        agrees(
                poisoned(type, m, n),
                (at, out) ->
                        at.ops().linear(at.on(x), at.on(w), at.on(bias), Activation.NONE, out));
    }

    @Test
    void needsNoBias() {
        Tensor x = random(DType.BF16, 130, 80);
        Weight w = weight(264, 80);
        for (DType type : new DType[] {DType.BF16, DType.F32}) {
            agrees(
                    poisoned(type, 130, 264),
                    (at, out) -> at.ops().linear(at.on(x), at.on(w), null, Activation.NONE, out));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NONE", "GELU_TANH"})
    void appliesActivationsAfterTheProduct(Activation f) {
        Weight w = weight(264, 80);
        Tensor bias = random(DType.F32, 264);
        for (int m : new int[] {10, 300}) {
            Tensor x = random(DType.BF16, m, 80);
            agrees(
                    poisoned(DType.BF16, m, 264),
                    (at, out) -> at.ops().linear(at.on(x), at.on(w), at.on(bias), f, out));
        }
    }

    /** A row of both has one scale: the second is a hundred times the first. */
    @ParameterizedTest
    @CsvSource({"130,264,64,80", "20,40,192,64", "37,136,40,24"})
    void multipliesTwoInputsSideBySide(int m, int n, int k, int l) {
        Tensor x = random(DType.BF16, m, k);
        Tensor y = normal(DType.BF16, 0, 100, m, l);
        Weight w = weight(n, k + l);
        Tensor bias = random(DType.BF16, n);
        for (DType type : new DType[] {DType.BF16, DType.F32}) {
            agrees(
                    poisoned(type, m, n),
                    (at, out) ->
                            at.ops().linearPair(at.on(x), at.on(y), at.on(w), at.on(bias), out));
        }
    }

    /** As long as a thread of a GPU may have several pieces of. */
    @ParameterizedTest
    @ValueSource(ints = {3072, 4112, 15360})
    void roundsLongRows(int k) {
        Tensor x = random(DType.BF16, 3, k);
        Weight w = weight(16, k);
        agrees(
                poisoned(DType.F32, 3, 16),
                (at, out) -> at.ops().linear(at.on(x), at.on(w), null, Activation.NONE, out));
    }

    /** Rows of zeros, of numbers as small and as great as there are, and with an outlier. */
    @Test
    void scalesEachRowByItself() {
        Tensor x = random(DType.BF16, 6, 64);
        for (int i = 0; i < 64; i++) {
            Doubles.put(x, i, 0);
            Doubles.put(x, 64 + i, 1e-38);
            Doubles.put(x, 128 + i, i % 2 == 0 ? 1e30 : -2e30);
            Doubles.put(x, 192 + i, 1e-20 * (i - 31));
        }
        Doubles.put(x, 256 + 5, 1000);
        Weight w = weight(24, 64);
        Tensor result =
                run(
                        poisoned(DType.F32, 6, 24),
                        (at, out) ->
                                at.ops().linear(at.on(x), at.on(w), null, Activation.NONE, out));
        Tensor expected =
                reference(
                        poisoned(DType.F32, 6, 24),
                        (at, out) ->
                                at.ops().linear(at.on(x), at.on(w), null, Activation.NONE, out));
        for (int row = 0; row < 6; row++) {
            float[] want = expected.get(row).toFloats();
            float most = 0;
            for (float y : want) {
                most = Math.max(most, Math.abs(y));
            }
            assertThat(result.get(row).toFloats())
                    .as("row %d", row)
                    .containsExactly(want, within(Math.max(0.02f * most, 1e-36f)));
        }
    }

    /** So that whoever counts such numbers finds them; other rows do not know of them. */
    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void givesNoFiniteNumberForARowThatIsNotFinite(float value) {
        Tensor x = random(DType.BF16, 5, 64);
        Tensor y = copy(x);
        Doubles.put(x, 2 * 64 + 7, value);
        Weight w = weight(24, 64);
        Tensor broken = of(x, w);
        Tensor whole = of(y, w);
        for (int row = 0; row < 5; row++) {
            float[] found = broken.get(row).toFloats();
            if (row == 2) {
                assertThat(found).as("row 2").containsOnly(Float.NaN);
            } else {
                assertThat(found).as("row %d", row).isEqualTo(whole.get(row).toFloats());
            }
        }
    }

    /** Whoever keeps what it rounded for the next product must see that the input is another. */
    @Test
    void roundsAnInputAgainThatHasChanged() {
        Tensor x = random(DType.BF16, 10, 64);
        Tensor other = random(DType.BF16, 10, 64);
        Weight w = weight(24, 64);
        agrees(
                poisoned(DType.F32, 10, 24),
                (at, out) -> {
                    Tensor input = at.on(copy(x));
                    Weight weight = at.on(w);
                    at.ops().linear(input, weight, null, Activation.NONE, out);
                    at.ops().linear(input, weight, null, Activation.NONE, out);
                    at.ops().axpby(1, at.on(other), 3, input, input);
                    at.ops().linear(input, weight, null, Activation.NONE, out);
                });
    }

    /** Rows that norms write in 8 bits, with and without weights, against rows in bf16. */
    @ParameterizedTest
    @CsvSource({
        "5,16,true,true",
        "3,96,false,true",
        "37,128,false,true",
        "33,144,true,true",
        "2,1920,true,false",
        "40,3072,false,true",
        "18,3072,true,true",
        "2,3072,false,false",
        "3,3088,true,true",
        "2,5120,false,true"
    })
    void normsThatRoundGiveTheSameBits(int m, int c, boolean affine, boolean modulated) {
        Norm norm = norm(m, c, affine, modulated);
        Weight w = weight(24, c);
        Tensor rounded = run(poisoned(DType.F32, m, 24), (at, out) -> rounded(at, norm, w, out));
        Tensor apart = run(poisoned(DType.F32, m, 24), (at, out) -> apart(at, norm, w, out));
        assertThat(rounded.toFloats()).isEqualTo(apart.toFloats());
        agrees(poisoned(DType.F32, m, 24), (at, out) -> rounded(at, norm, w, out));
    }

    /** A row that is not finite stays so, and leaves the others alone. */
    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
    void normsThatRoundKeepWhatIsNotFinite(float value) {
        Norm norm = norm(20, 256, true, true);
        Weight w = weight(24, 256);
        Tensor whole = run(poisoned(DType.F32, 20, 24), (at, out) -> rounded(at, norm, w, out));
        Doubles.put(norm.x(), 3 * 256 + 7, value);
        Tensor broken = run(poisoned(DType.F32, 20, 24), (at, out) -> rounded(at, norm, w, out));
        for (int row = 0; row < 20; row++) {
            float[] found = broken.get(row).toFloats();
            if (row == 3) {
                assertThat(found).containsOnly(Float.NaN);
            } else {
                assertThat(found).as("row %d", row).isEqualTo(whole.get(row).toFloats());
            }
        }
    }

    /** Rows of a norm, of which one is zero, and what is done to them. */
    private record Norm(
            Tensor x,
            @Nullable Tensor weight,
            @Nullable Tensor bias,
            @Nullable Tensor scale,
            @Nullable Tensor shift) {}

    private Norm norm(int m, int c, boolean affine, boolean modulated) {
        Tensor x = normal(DType.F32, 0.5, 3, m, c);
        for (int i = 0; i < c; i++) {
            Doubles.put(x, (m - 1) * c + i, 0);
        }
        return new Norm(
                x,
                affine ? random(DType.BF16, c) : null,
                affine ? random(DType.F32, c) : null,
                modulated ? random(DType.F32, c) : null,
                modulated ? random(DType.F32, c) : null);
    }

    private static void rounded(Place at, Norm n, Weight w, Tensor out) {
        int m = n.x().size(0);
        int c = n.x().size(1);
        Tensor values = at.on(Tensor.zeros(Arena.ofAuto(), DType.F8_E4M3, m, c));
        Tensor scales = at.on(Tensor.zeros(Arena.ofAuto(), DType.F32, m));
        at.ops()
                .run(
                        new EightBitNormOp(
                                at.on(n.x()),
                                at.onNullable(n.weight()),
                                at.onNullable(n.bias()),
                                1e-6f,
                                at.onNullable(n.scale()),
                                at.onNullable(n.shift()),
                                DType.BF16,
                                scales,
                                values));
        at.ops().linear(values, scales, at.on(w), null, Activation.NONE, out);
    }

    private static void apart(Place at, Norm n, Weight w, Tensor out) {
        Tensor rows = at.on(Tensor.zeros(Arena.ofAuto(), DType.BF16, n.x().size(0), n.x().size(1)));
        at.ops()
                .layerNorm(
                        at.on(n.x()),
                        at.onNullable(n.weight()),
                        at.onNullable(n.bias()),
                        1e-6f,
                        at.onNullable(n.scale()),
                        at.onNullable(n.shift()),
                        rows);
        at.ops().linear(rows, at.on(w), null, Activation.NONE, out);
    }

    @Test
    void givesTheSameBitsAgain() {
        Tensor x = random(DType.BF16, 300, 272);
        Weight w = weight(520, 272);
        assertThat(of(x, w).toFloats()).isEqualTo(of(x, w).toFloats());
    }

    /** As far from the exact product as is said of 8 bits. */
    @Test
    void isNearTheExactProduct() {
        Tensor x = random(DType.BF16, 64, 512);
        Tensor numbers = random(DType.F32, 64, 512);
        Tensor exact =
                reference(
                        poisoned(DType.F32, 64, 64),
                        (at, out) ->
                                at.ops()
                                        .linear(
                                                at.on(x),
                                                at.weight(numbers),
                                                null,
                                                Activation.NONE,
                                                out));
        assertThat(Errors.relative(of(x, rounded(numbers)).toFloats(), exact.toFloats()))
                .isBetween(0.02, 0.04);
    }

    private Tensor of(Tensor x, Weight w) {
        return run(
                poisoned(DType.F32, x.size(0), w.size(0)),
                (at, out) -> at.ops().linear(at.on(x), at.on(w), null, Activation.NONE, out));
    }
}
