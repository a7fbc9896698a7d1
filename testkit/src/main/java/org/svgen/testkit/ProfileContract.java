package org.svgen.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.svgen.testkit.VideoPatterns.FIRST;
import static org.svgen.testkit.VideoPatterns.LAST;
import static org.svgen.testkit.VideoPatterns.N;
import static org.svgen.testkit.VideoPatterns.TOKENS;
import static org.svgen.testkit.VideoPatterns.VIDEO;
import static org.svgen.testkit.VideoPatterns.firstFrame;
import static org.svgen.testkit.VideoPatterns.textFirst;
import static org.svgen.testkit.VideoPatterns.textLast;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.AttentionPlan.Kind;
import org.svgen.tensor.op.KeyPattern;
import org.svgen.tensor.op.KeyPattern.Band;
import org.svgen.tensor.op.KeyPattern.Segment;
import org.svgen.tensor.op.KeyPattern.Span;
import org.svgen.tensor.op.TokenOrder;

/** What every backend finds when it compares kinds of attention with dense attention. */
public abstract class ProfileContract extends BackendContract {
    private static final float INFINITY = Float.POSITIVE_INFINITY;

    /** Queries, keys, values and what is asked of them. */
    private record Sample(Tensor q, Tensor k, Tensor v, int[] rows, AttentionPlan plan, int limit) {
        private void profile(Place at, Tensor errors, Tensor energies) {
            float scale = (float) (1 / Math.sqrt(q.size(3)));
            at.ops()
                    .profile(
                            at.on(q), at.on(k), at.on(v), rows, plan, limit, scale, errors,
                            energies);
        }
    }

    private Sample sample(int batch, int heads, int n, int d, AttentionPlan plan, int... rows) {
        Tensor q = random(batch, heads, n, d);
        Tensor k = random(batch, heads, n, d);
        Tensor v = random(batch, heads, n, d);
        return new Sample(q, k, v, rows, plan, n);
    }

    private static Sample limited(Sample s, int limit) {
        return new Sample(s.q, s.k, s.v, s.rows, s.plan, limit);
    }

    private Tensor errors(Sample s) {
        return poisoned(DType.F32, s.plan.kinds().size(), s.q.size(0), s.q.size(1));
    }

    private Tensor energies(Sample s) {
        return poisoned(DType.F32, s.q.size(0), s.q.size(1));
    }

    /** Errors, and energies behind them, are those of the reference. */
    private void agrees(Sample s, double tolerance) {
        long heads = energies(s).elements();
        long kinds = s.plan.kinds().size();
        Tensor both = poisoned(DType.F32, (kinds + 1) * heads);
        Call call =
                (at, out) ->
                        s.profile(
                                at,
                                out.rows(0, kinds * heads).reshape(errors(s).shape().dims()),
                                out.rows(kinds * heads, (kinds + 1) * heads)
                                        .reshape(energies(s).shape().dims()));
        float[] expected = reference(both, call).toFloats();
        float[] actual = run(both, call).toFloats();
        int errors = (int) (kinds * heads);
        assertThat(Errors.relative(part(actual, 0, errors), part(expected, 0, errors)))
                .as("errors")
                .isLessThanOrEqualTo(tolerance);
        int all = expected.length;
        assertThat(Errors.relative(part(actual, errors, all), part(expected, errors, all)))
                .as("energies")
                .isLessThanOrEqualTo(tolerance);
    }

    private static float[] part(float[] x, int from, int to) {
        return Arrays.copyOfRange(x, from, to);
    }

    private static AttentionPlan plan(Kind... kinds) {
        return new AttentionPlan(List.of(kinds));
    }

    private static Kind stored(KeyPattern pattern) {
        return new Kind(pattern, TokenOrder.IDENTITY);
    }

    @Test
    void profilesKindsOfDifferentOrdersAndBlocks() {
        AttentionPlan plan =
                plan(
                        stored(textLast(20, 1, 3)),
                        new Kind(textLast(20, 1, 3), LAST),
                        stored(textLast(55, 4, 3)));
        int[] rows = {0, 5, 5, 101, VIDEO - 1, VIDEO, N - 4, N - 1};
        agrees(limited(sample(2, 3, N, 64, plan, rows), N - 3), 20 * tolerance());
    }

    @Test
    void profilesHeadsThatAllSeeTheFirstFrame() {
        int[] rows = {0, 3, TOKENS - 1, TOKENS, 100, VIDEO - 1};
        agrees(sample(1, 2, VIDEO, 64, firstFrame(25), rows), 20 * tolerance());
    }

    @ParameterizedTest
    @CsvSource({"64,8", "128,70", "64,131", "40,8"})
    void profilesSpatialAndTemporalHeads(int d, int count) {
        int[] rows = new Random(count).ints(count, 0, N).toArray();
        for (KeyPattern pattern :
                List.of(textFirst(31, 0), textFirst(60, TOKENS), textLast(25, 4, 0))) {
            boolean last = pattern.segments().getFirst().band() != null;
            AttentionPlan plan = plan(stored(pattern), new Kind(pattern, last ? LAST : FIRST));
            agrees(limited(sample(2, 2, N, d, plan, rows), N - 20), 4 * tolerance());
        }
    }

    @ParameterizedTest
    @CsvSource({"64,66", "128,9", "40,9"})
    void profilesManyWidthsOfBothOrders(int d, int count) {
        int[] rows = new Random(count).ints(count, 0, N).toArray();
        List<Kind> kinds = new ArrayList<>();
        for (int reach : new int[] {0, 3, 9, 20, 31, 60, 110, 250}) {
            kinds.add(stored(textLast(reach, 1, 3)));
            kinds.add(new Kind(textLast(reach, 1, 3), LAST));
        }
        kinds.add(stored(KeyPattern.dense(N, N)));
        AttentionPlan plan = new AttentionPlan(kinds);
        agrees(limited(sample(1, 1, N, d, plan, rows), N - 3), 4 * tolerance());
    }

    /** Orders that cut the limit, of grids that are not the video's, and bands of blocks. */
    @ParameterizedTest
    @CsvSource({"64,9", "128,9", "40,9"})
    void profilesKindsThatAreNotNested(int d, int count) {
        int[] rows = new Random(d).ints(count, 0, N).toArray();
        AttentionPlan plan =
                plan(
                        new Kind(textFirst(31, TOKENS), FIRST),
                        new Kind(textLast(12, 5, 0), new TokenOrder(3, 11, 17)),
                        stored(textFirst(60, 0)),
                        new Kind(textLast(40, 1, 9), LAST),
                        new Kind(textLast(2, 7, 0), new TokenOrder(3, 11, 17)),
                        stored(textLast(4, 16, 1)));
        agrees(limited(sample(2, 1, N, d, plan, rows), 77), 10 * tolerance());
    }

    /** So many keys that a device shares them out. */
    @ParameterizedTest
    @CsvSource({"64,5", "128,5", "40,5"})
    void profilesManyKeys(int d, int count) {
        int n = 1403;
        TokenOrder turned = new TokenOrder(5, 9, 150);
        int[] rows = new Random(n).ints(count, 0, n).toArray();
        AttentionPlan plan =
                plan(
                        stored(band(n, 40)),
                        new Kind(band(n, 40), turned),
                        stored(band(n, 300)),
                        new Kind(band(n, 300), turned));
        agrees(limited(sample(1, 1, n, d, plan, rows), n - 7), 4 * tolerance());
    }

    private static KeyPattern band(int n, int reach) {
        Band band = new Band(1, 1, 0, 1, reach, 3, n);
        return new KeyPattern(n, n, List.of(new Segment(0, n, List.of(new Span(0, 2)), band)));
    }

    @Test
    void profilesAsIfPaddingWereNotThere() {
        int padding = 3;
        KeyPattern band = textLast(20, 1, padding);
        Sample s =
                sample(1, 2, N, 64, plan(stored(band), new Kind(band, LAST)), 0, 5, 101, VIDEO - 1);
        for (int head = 0; head < 2; head++) {
            for (int i = 0; i < padding * 64; i++) {
                Doubles.put(s.k, ((head + 1) * N - padding) * 64 + i, i % 2 == 0 ? 1e4 : -1e4);
            }
        }
        agrees(limited(s, N - padding), 20 * tolerance());
    }

    @Test
    void aKindThatKeepsAllKeysHasNoErrorAndNanIsNotLost() {
        KeyPattern dense = KeyPattern.dense(N, N);
        AttentionPlan plan = plan(new Kind(textLast(20, 1, 0), LAST), stored(dense), stored(dense));
        Sample whole = sample(1, 1, N, 40, plan, 100, 30);
        Tensor errors =
                run(errors(whole), (at, out) -> whole.profile(at, out, at.on(energies(whole))));
        double[] found = Doubles.of(errors).values();
        assertThat(found[0]).isPositive();
        assertThat(found[1]).isLessThan(1e-9);
        assertThat(found[2]).isEqualTo(found[1]);
        Tensor x = copy(whole.q);
        Doubles.put(x, 0, Double.NaN);
        Sample broken = new Sample(x, x, x, new int[] {0}, plan, N);
        errors = run(errors(whole), (at, out) -> broken.profile(at, out, at.on(energies(whole))));
        assertThat(Doubles.of(errors).values()).containsOnly(Double.NaN);
    }

    @Test
    void choosesByErrorsAloneWhereCostsDoNotCount() {
        Tensor errors =
                floats(
                        new double[] {1, 2, 3, 2, Double.NaN, Double.NaN, 0.5},
                        new double[] {2, 1, 3, 2, 7, Double.NaN, Double.NaN});
        double[] expected = {0, 1, 0, 0, 1, 0, 0};
        assertThat(chosen(errors, INFINITY, 0)).containsExactly(expected);
    }

    @Test
    void choosesDenseAttentionWhereEveryErrorIsTooMuch() {
        Tensor errors = floats(new double[] {0.5, 0.6, 0.6, 0}, new double[] {0.7, 0.5, 0.7, 0});
        assertThat(chosen(errors, 0.5f, 0)).containsExactly(0, 1, 2, 0);
        assertThat(chosen(errors, 0, 0)).containsExactly(2, 2, 2, 0);
        assertThat(chosen(errors, 1e9f, 0)).containsExactly(0, 1, 0, 0);
    }

    @Test
    void choosesByErrorsAndCostsAndDenseAttentionCompetes() {
        // Costs are 1, 3 and 4.
        Tensor errors =
                floats(
                        new double[] {5, 5, 0.5, 0, 3, Double.NaN},
                        new double[] {2.5, 2, 0.2, 0, 1, Double.NaN});
        assertThat(chosen(errors, INFINITY, 1)).containsExactly(2, 2, 0, 0, 0, 2);
        assertThat(chosen(errors, INFINITY, 0.1f)).containsExactly(2, 2, 2, 0, 2, 2);
        assertThat(chosen(errors, INFINITY, 10)).containsExactly(0, 0, 0, 0, 0, 2);
        assertThat(chosen(errors, 2.5f, 2)).containsExactly(2, 1, 0, 0, 1, 2);
    }

    @ParameterizedTest
    @CsvSource({"0,Infinity", "0,0.2", "0.1,Infinity", "0.03,0.5", "2,0.01"})
    void choosesAsTheReferenceDoes(float multiplier, float tolerance) {
        int heads = 70;
        Tensor errors = positive(14, 2, heads);
        Tensor energies = positive(2, heads);
        float[] costs = new float[15];
        for (int i = 0; i < costs.length; i++) {
            costs[i] = (i / 2 + 1) / 8f;
        }
        agrees(
                poisoned(DType.I32, 2, heads),
                (at, out) ->
                        at.ops()
                                .chooseKinds(
                                        at.on(errors),
                                        at.on(energies),
                                        costs,
                                        new float[] {multiplier, 2 * multiplier},
                                        tolerance,
                                        out));
    }

    @Test
    void takesAKindOfInfiniteCostNever() {
        Tensor errors = floats(new double[] {5, 1}, new double[] {0, 1});
        Tensor energies = positive(1, 2);
        Tensor kinds = poisoned(DType.I32, 1, 2);
        float[] costs = {0, INFINITY, INFINITY};
        Call call =
                (at, out) ->
                        at.ops()
                                .chooseKinds(
                                        at.on(errors),
                                        at.on(energies),
                                        costs,
                                        new float[] {1e-20f},
                                        INFINITY,
                                        out);
        agrees(kinds, call);
        assertThat(Doubles.of(run(kinds, call)).values()).containsExactly(0, 0);
    }

    private Tensor positive(long... dims) {
        Tensor t = random(DType.F32, dims);
        for (int i = 0; i < t.elements(); i++) {
            Doubles.put(t, i, Math.abs(Doubles.of(t).values()[i]));
        }
        return t;
    }

    private Tensor floats(double[]... kinds) { // [2, 1, heads]
        Tensor t = random(DType.F32, kinds.length, 1, kinds[0].length);
        for (int i = 0; i < t.elements(); i++) {
            Doubles.put(t, i, kinds[i / kinds[0].length][i % kinds[0].length]);
        }
        return t;
    }

    /** Of two kinds that cost 1 and 3, where dense attention costs 4 and all energies are 1. */
    private double[] chosen(Tensor errors, float tolerance, float multiplier) {
        int heads = errors.size(2);
        Tensor energies = random(DType.F32, 1, heads);
        for (int i = 0; i < heads; i++) {
            Doubles.put(energies, i, 1);
        }
        Tensor kinds = poisoned(DType.I32, 1, heads);
        float[] costs = {1, 3, 4};
        Call call =
                (at, out) ->
                        at.ops()
                                .chooseKinds(
                                        at.on(errors),
                                        at.on(energies),
                                        costs,
                                        new float[] {multiplier},
                                        tolerance,
                                        out);
        agrees(kinds, call);
        return Doubles.of(run(kinds, call)).values();
    }
}
