package org.svgen.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.svgen.testkit.VideoPatterns.FIRST;
import static org.svgen.testkit.VideoPatterns.LAST;
import static org.svgen.testkit.VideoPatterns.N;
import static org.svgen.testkit.VideoPatterns.firstFrame;
import static org.svgen.testkit.VideoPatterns.plan;
import static org.svgen.testkit.VideoPatterns.textFirst;
import static org.svgen.testkit.VideoPatterns.textLast;

import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.AttentionOp;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.AttentionPlan.Kind;
import org.svgen.tensor.op.AttentionPrecision;
import org.svgen.tensor.op.KeyPattern;
import org.svgen.tensor.op.KeyPattern.Segment;
import org.svgen.tensor.op.TokenOrder;

/**
 * What attention in 8 bits computes: exact attention of the same operands, within tolerances that
 * {@link EightBitRecipe} keeps with a little room. Backends without it are passed over.
 */
public abstract class EightBitAttentionContract extends BackendContract {
    /** For normally distributed operands, relative in the 2-norm. */
    private static final double NORMAL = 0.040;

    /** The same beside something odd, over few rows. */
    private static final double ODD = 0.045;

    /** For so few outputs that their errors do not average. */
    private static final double FEW = 0.060;

    /** Weights and values may each round up by 2^-4. */
    private static final double ROUNDED_UP = 1.13;

    @BeforeEach
    void isThere() {
        Tensor heads = Tensor.phantom(activations(), 1, 1, 64, 64);
        Optional<String> missing =
                backend()
                        .refuses(
                                new AttentionOp(
                                        heads,
                                        heads,
                                        heads,
                                        AttentionPlan.dense(64, 64),
                                        null,
                                        1,
                                        AttentionPrecision.EIGHT_BITS,
                                        Tensor.phantom(activations(), 1, 64, 1, 64)));
        assumeTrue(missing.isEmpty(), () -> "no attention in 8 bits: " + missing.orElse(""));
    }

    /** Operands of a call. */
    private final class Operands {
        final Tensor q;
        final Tensor k;
        final Tensor v;

        Operands(int b, int h, int nq, int nk, int d) {
            this(random(b, h, nq, d), random(b, h, nk, d), random(b, h, nk, d));
        }

        Operands(Tensor q, Tensor k, Tensor v) {
            this.q = q;
            this.k = k;
            this.v = v;
        }

        Operands copied() {
            return new Operands(copy(q), copy(k), copy(v));
        }

        private Call call(AttentionPlan plan, @Nullable Tensor kinds) {
            float scale = (float) (1 / Math.sqrt(q.size(3)));
            return (at, out) ->
                    at.ops()
                            .attention(
                                    at.on(q),
                                    at.on(k),
                                    at.on(v),
                                    plan,
                                    at.onNullable(kinds),
                                    scale,
                                    AttentionPrecision.EIGHT_BITS,
                                    out);
        }

        private Tensor out() {
            return poisoned(q.size(0), q.size(2), q.size(1), q.size(3));
        }

        float[] computed(AttentionPlan plan) {
            return run(out(), call(plan, null)).toFloats();
        }

        float[] exact(AttentionPlan plan) {
            return reference(out(), call(plan, null)).toFloats();
        }

        void agree(AttentionPlan plan, @Nullable Tensor kinds, double tolerance) {
            agrees(out(), tolerance, call(plan, kinds));
        }

        /** Densely. */
        void agree(double tolerance) {
            agree(dense(), null, tolerance);
        }

        AttentionPlan dense() {
            return AttentionPlan.dense(q.size(2), k.size(2));
        }

        /** No number is greater than values of its channel allow. */
        void staysWithin(double tolerance) {
            float[] computed = computed(dense());
            float[] values = v.toFloats();
            int d = v.size(3);
            double[] most = new double[d];
            for (int i = 0; i < values.length; i++) {
                most[i % d] = Math.max(most[i % d], Math.abs(values[i]));
            }
            for (int i = 0; i < computed.length; i++) {
                assertThat(Math.abs(computed[i]))
                        .isLessThanOrEqualTo((float) (ROUNDED_UP * most[i % d]));
            }
            assertThat(Errors.relative(computed, exact(dense()))).isLessThanOrEqualTo(tolerance);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1,2,150,700,64,0.040",
        "1,1,100,1000,128,0.040",
        "1,2,65,65,64,0.060",
        "2,1,130,97,128,0.060",
        "1,1,7,300,128,0.060",
        "1,3,257,61,64,0.060",
        "1,1,1,1,64,0.060",
        "1,1,1,33,128,0.060"
    })
    void attendsDensely(int b, int h, int nq, int nk, int d, double tolerance) {
        new Operands(b, h, nq, nk, d).agree(tolerance);
    }

    @ParameterizedTest
    @CsvSource({"0,1,1,64", "17,1,1,128", "40,1,5,64", "2,16,12,128", "300,1,3,64"})
    void attendsInABandWithTextLastAndPadding(int reach, int block, int padding, int d) {
        KeyPattern pattern = textLast(reach, block, padding);
        new Operands(1, 2, N, N, d).agree(plan(pattern, TokenOrder.IDENTITY), null, FEW);
        new Operands(1, 2, N, N, d).agree(plan(pattern, LAST), null, FEW);
    }

    @ParameterizedTest
    @CsvSource({"25,0", "25,29", "300,200"})
    void attendsInABandWithTextFirstAndASink(int reach, int sink) {
        AttentionPlan stored = plan(textFirst(reach, sink), TokenOrder.IDENTITY);
        new Operands(2, 1, N, N, 64).agree(stored, null, FEW);
        new Operands(1, 1, N, N, 128).agree(plan(textFirst(reach, sink), FIRST), null, FEW);
    }

    @ParameterizedTest
    @CsvSource({"20,128", "57,64"})
    void attendsWithAFirstFrameThatAllSee(int reach, int d) {
        AttentionPlan plan = firstFrame(reach);
        int n = plan.kinds().getFirst().pattern().queries();
        Tensor kinds = ints(new int[] {0, 1, 1, 0}, 2, 2);
        new Operands(2, 2, n, n, d).agree(plan, kinds, FEW);
    }

    /** A head of a kind that keeps nothing gives zeros, beside others. */
    @ParameterizedTest
    @ValueSource(ints = {64, 128})
    void mixesKindsByHeadOfWhichOneKeepsNoKey(int d) {
        KeyPattern nothing = new KeyPattern(N, N, List.of(new Segment(0, N, List.of(), null)));
        AttentionPlan plan =
                new AttentionPlan(
                        List.of(
                                new Kind(textLast(20, 1, 2), TokenOrder.IDENTITY),
                                new Kind(textLast(20, 1, 2), LAST),
                                new Kind(KeyPattern.dense(N, N), TokenOrder.IDENTITY),
                                new Kind(nothing, TokenOrder.IDENTITY)));
        Tensor kinds = ints(new int[] {0, 3, 2, 1}, 1, 4);
        Operands x = new Operands(1, 4, N, N, d);
        x.agree(plan, kinds, FEW);
        assertThat(x.computed(plan(nothing, TokenOrder.IDENTITY))).containsOnly(0);
    }

    /** A scale of zero is no divisor. */
    @Test
    void zerosGiveZeros() {
        Tensor zeros = normal(activations(), 0, 0, 1, 1, N, 64);
        assertThat(new Operands(zeros, zeros, zeros).computed(AttentionPlan.dense(N, N)))
                .containsOnly(0);
        Tensor x = random(1, 1, N, 64);
        assertThat(new Operands(x, x, zeros).computed(AttentionPlan.dense(N, N))).containsOnly(0);
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 128})
    void whereNothingTellsKeysApartTheResultIsTheMean(int d) {
        Operands x = new Operands(1, 1, 100, 700, d);
        Tensor noQueries = normal(activations(), 0, 0, 1, 1, 100, d);
        Tensor noKeys = normal(activations(), 0, 0, 1, 1, 700, d);
        new Operands(noQueries, x.k, x.v).agree(NORMAL);
        new Operands(x.q, noKeys, x.v).agree(NORMAL);
        for (double size : new double[] {1, 1000}) {
            Tensor one = normal(activations(), 0, size, d);
            Tensor same = copy(noKeys);
            float[] values = one.toFloats();
            for (int i = 0; i < same.elements(); i++) {
                Doubles.put(same, i, values[i % d]);
            }
            new Operands(x.q, same, x.v).agree(NORMAL);
        }
    }

    /** As keys of real models are: a channel stands apart, alike in all tokens. */
    @ParameterizedTest
    @CsvSource({"64,10", "64,1000", "128,100", "128,1000"})
    void aChannelOfKeysThatStandsApartCostsNothing(int d, double offset) {
        Operands x = new Operands(1, 1, 100, 700, d);
        change(x.k, d, 5, value -> value + offset);
        x.agree(ODD);
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 128})
    void aChannelOfValuesThatIsLargeSpoilsNoOther(int d) {
        Operands x = new Operands(1, 1, 100, 700, d);
        change(x.v, d, 5, value -> value * 1000);
        float[] computed = x.computed(x.dense());
        float[] exact = x.exact(x.dense());
        assertThat(relative(computed, exact, i -> i % d != 5)).isLessThanOrEqualTo(ODD);
        assertThat(relative(computed, exact, i -> i % d == 5)).isLessThanOrEqualTo(0.08);
    }

    /**
     * The softmax is nearly a choice of one key, and 8 bits lose what tells close ones apart: the
     * recipe's limit. What comes out is of the size of values all the same.
     */
    @ParameterizedTest
    @CsvSource({"64,true", "128,true", "64,false", "128,false"})
    void aChannelOfScoresThatIsLargeStaysWithinTheValues(int d, boolean ofKeys) {
        Operands x = new Operands(1, 1, 100, 700, d);
        change(ofKeys ? x.k : x.q, d, 5, value -> value * 1000);
        x.staysWithin(0.5);
    }

    @ParameterizedTest
    @CsvSource({"64,3,0.06", "128,3,0.06", "64,30,0.3", "128,30,0.3"})
    void largeScoresStayWithinTheValues(int d, double deviation, double tolerance) {
        Tensor q = normal(activations(), 0, deviation, 1, 1, 100, d);
        Tensor k = normal(activations(), 0, deviation, 1, 1, 700, d);
        new Operands(q, k, random(1, 1, 700, d)).staysWithin(tolerance);
    }

    /** Weights of many keys that are tiny beside one count as much as it does. */
    @ParameterizedTest
    @CsvSource({"64,false,0.045", "128,false,0.045", "64,true,0.05", "128,true,0.05"})
    void manySmallWeightsBesideALargeOneAreNotLost(int d, boolean ofNoValue, double tolerance) {
        int keys = 1000;
        int sink = 7;
        double lead = 4;
        Operands x = new Operands(1, 1, 100, keys, d);
        change(x.k, d, -1, value -> 0.3 * value);
        change(x.k, d, 0, value -> 0);
        change(x.q, d, 0, value -> lead);
        for (int i = 0; i < d; i++) {
            double apart = Math.log(1.05 * keys) * Math.sqrt(d) / lead;
            Doubles.put(x.k, sink * d + i, i == 0 ? apart : 0);
            if (ofNoValue) {
                Doubles.put(x.v, sink * d + i, 0);
            }
        }
        x.agree(tolerance);
    }

    @ParameterizedTest
    @CsvSource({"64,4,0.06", "128,15,0.3", "64,200,0.5"})
    void followsScoresThatRiseFarBehindTheFirstKeys(int d, int rise, double tolerance) {
        Operands x = new Operands(1, 1, 100, 700, d);
        float[] values = x.k.toFloats();
        for (int i = 0; i < values.length; i++) {
            Doubles.put(x.k, i, values[i] * (i / d / 20 == 15 ? rise : 1));
        }
        x.staysWithin(tolerance);
    }

    /** In its channel, of rows that keep the token; whatever is else in the tile may be, too. */
    @ParameterizedTest
    @CsvSource({"64,NaN", "128,NaN", "64,Infinity"})
    void aValueThatIsNoNumberIsSeenInItsChannelAlone(int d, float bad) {
        Operands clean = new Operands(1, 2, N, N, d);
        Operands spoilt = clean.copied();
        int token = 20;
        int channel = 9;
        Doubles.put(spoilt.v, token * d + channel, bad);
        AttentionPlan plan = plan(textLast(25, 1, 0), TokenOrder.IDENTITY);
        float[] computed = spoilt.computed(plan);
        KeyPattern pattern = plan.kinds().getFirst().pattern();
        for (int row = 0; row < N; row++) {
            float there = computed[row * 2 * d + channel];
            assertThat(Float.isFinite(there) && pattern.keeps(row, token))
                    .as("row %s", row)
                    .isFalse();
        }
        assertThat(relative(computed, clean.exact(plan), i -> i / d % 2 == 1 || i % d != channel))
                .isLessThanOrEqualTo(FEW);
    }

    @ParameterizedTest
    @CsvSource({"64,NaN", "128,NaN", "64,-Infinity"})
    void aQueryThatIsNoNumberIsSeenInItsRowAlone(int d, float bad) {
        Operands clean = new Operands(1, 2, N, N, d);
        Operands spoilt = clean.copied();
        int token = 150;
        Doubles.put(spoilt.q, token * d + 9, bad);
        float[] computed = spoilt.computed(clean.dense());
        for (int i = 0; i < d; i++) {
            assertThat(Float.isFinite(computed[token * 2 * d + i])).isFalse();
        }
        assertThat(relative(computed, clean.exact(clean.dense()), i -> i / d != token * 2))
                .isLessThanOrEqualTo(FEW);
    }

    /** In all rows of its head that keep it, at least; never in another head. */
    @ParameterizedTest
    @CsvSource({"64,NaN", "128,NaN", "64,Infinity"})
    void aKeyThatIsNoNumberIsSeenInItsHeadAlone(int d, float bad) {
        Operands clean = new Operands(1, 2, N, N, d);
        Operands spoilt = clean.copied();
        int token = 20;
        Doubles.put(spoilt.k, token * d + 9, bad);
        AttentionPlan plan = plan(textLast(25, 1, 0), TokenOrder.IDENTITY);
        float[] computed = spoilt.computed(plan);
        KeyPattern pattern = plan.kinds().getFirst().pattern();
        for (int row = 0; row < N; row++) {
            for (int i = 0; i < d && pattern.keeps(row, token); i++) {
                assertThat(Float.isFinite(computed[row * 2 * d + i])).as("row %s", row).isFalse();
            }
        }
        assertThat(relative(computed, clean.exact(plan), i -> i / d % 2 == 1))
                .isLessThanOrEqualTo(FEW);
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 128})
    void aSecondRunGivesTheSameBits(int d) {
        Operands x = new Operands(1, 2, N, N, d);
        AttentionPlan plan = plan(textLast(40, 1, 5), LAST);
        assertThat(x.computed(plan)).isEqualTo(x.computed(plan));
    }

    @FunctionalInterface
    private interface Change {
        double of(double value);
    }

    /** All values of a channel, or of all where it is below 0. */
    private static void change(Tensor tensor, int d, int channel, Change change) {
        float[] values = tensor.toFloats();
        for (int i = 0; i < values.length; i++) {
            if (channel < 0 || i % d == channel) {
                Doubles.put(tensor, i, change.of(values[i]));
            }
        }
    }

    private static double relative(float[] computed, float[] exact, IntPredicate counted) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < computed.length; i++) {
            if (counted.test(i)) {
                difference += Math.pow((double) computed[i] - exact[i], 2);
                norm += (double) exact[i] * exact[i];
            }
        }
        return Math.sqrt(difference / norm);
    }

    @Override
    protected DType activations() {
        return DType.BF16;
    }
}
