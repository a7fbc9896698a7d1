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
import org.svgen.tensor.op.TokenOrder;

/** What every backend finds when it compares kinds of attention with dense attention. */
public abstract class ProfileContract extends BackendContract {
    @Test
    void profilesErrorsAndPicksTheLeast() {
        AttentionPlan plan =
                new AttentionPlan(
                        List.of(
                                new Kind(textLast(20, 1, 3), TokenOrder.IDENTITY),
                                new Kind(textLast(20, 1, 3), LAST),
                                new Kind(textLast(55, 4, 3), TokenOrder.IDENTITY)));
        int[] rows = {0, 5, 5, 101, VIDEO - 1, VIDEO, N - 4, N - 1};
        Tensor q = random(2, 3, N, 64);
        Tensor k = random(2, 3, N, 64);
        Tensor v = random(2, 3, N, 64);
        Tensor kinds = poisoned(DType.I32, 2, 3);
        Tensor errors = poisoned(DType.F32, 3, 2, 3);
        int limit = N - 3;
        agrees(
                errors,
                20 * tolerance(),
                (at, out) ->
                        at.ops()
                                .profile(
                                        at.on(q),
                                        at.on(k),
                                        at.on(v),
                                        rows,
                                        plan,
                                        limit,
                                        0.125f,
                                        Float.POSITIVE_INFINITY,
                                        out,
                                        at.on(copy(kinds))));
        agrees(
                kinds,
                (at, out) ->
                        at.ops()
                                .profile(
                                        at.on(q),
                                        at.on(k),
                                        at.on(v),
                                        rows,
                                        plan,
                                        limit,
                                        0.125f,
                                        Float.POSITIVE_INFINITY,
                                        at.on(copy(errors)),
                                        out));
    }

    @Test
    void profilesHeadsThatAllSeeTheFirstFrame() {
        Tensor q = random(1, 2, VIDEO, 64);
        Tensor k = random(1, 2, VIDEO, 64);
        Tensor v = random(1, 2, VIDEO, 64);
        int[] rows = {0, 3, TOKENS - 1, TOKENS, 100, VIDEO - 1};
        agrees(
                poisoned(DType.F32, 2, 1, 2),
                20 * tolerance(),
                (at, out) ->
                        at.ops()
                                .profile(
                                        at.on(q),
                                        at.on(k),
                                        at.on(v),
                                        rows,
                                        firstFrame(25),
                                        VIDEO,
                                        0.125f,
                                        Float.POSITIVE_INFINITY,
                                        out,
                                        at.on(poisoned(DType.I32, 1, 2))));
    }

    @Test
    void profilesHeadsThatNoKindDoesJustice() {
        AttentionPlan plan =
                new AttentionPlan(
                        List.of(
                                new Kind(textLast(20, 1, 0), TokenOrder.IDENTITY),
                                new Kind(textLast(20, 1, 0), LAST)));
        int[] rows = {0, 5, 101, VIDEO - 1, 77, 30};
        // The first head is local; the second averages over all keys.
        Tensor q = random(1, 2, N, 64);
        Tensor k = copy(q);
        for (int i = N * 64; i < 2 * N * 64; i++) {
            Doubles.put(k, i, 0);
        }
        Tensor v = random(1, 2, N, 64);
        Tensor kinds = poisoned(DType.I32, 1, 2);
        Tensor errors = poisoned(DType.F32, 2, 1, 2);
        for (float tolerance : new float[] {0, 0.25f, 1e9f}) {
            Tensor found =
                    run(
                            kinds,
                            (at, out) ->
                                    at.ops()
                                            .profile(
                                                    at.on(q),
                                                    at.on(k),
                                                    at.on(v),
                                                    rows,
                                                    plan,
                                                    N,
                                                    0.125f,
                                                    tolerance,
                                                    at.on(copy(errors)),
                                                    out));
            double[] kind = Doubles.of(found).values();
            assertThat(kind[1] == 2).as("averaging at %s", tolerance).isEqualTo(tolerance < 1);
            assertThat(kind[0] == 2).as("local at %s", tolerance).isEqualTo(tolerance == 0);
        }
    }

    @ParameterizedTest
    @CsvSource({"64,8", "128,70", "64,131", "40,8"})
    void profilesSpatialAndTemporalHeads(int d, int count) {
        Tensor q = random(2, 2, N, d);
        Tensor k = random(2, 2, N, d);
        Tensor v = random(2, 2, N, d);
        int[] rows = new Random(count).ints(count, 0, N).toArray();
        for (KeyPattern pattern :
                List.of(textFirst(31, 0), textFirst(60, TOKENS), textLast(25, 4, 0))) {
            boolean last = pattern.segments().getFirst().band() != null;
            AttentionPlan plan =
                    new AttentionPlan(
                            List.of(
                                    new Kind(pattern, TokenOrder.IDENTITY),
                                    new Kind(pattern, last ? LAST : FIRST)));
            agrees(
                    poisoned(DType.F32, 2, 2, 2),
                    4 * tolerance(),
                    (at, out) ->
                            at.ops()
                                    .profile(
                                            at.on(q),
                                            at.on(k),
                                            at.on(v),
                                            rows,
                                            plan,
                                            N - 20,
                                            0.125f,
                                            1,
                                            out,
                                            at.on(poisoned(DType.I32, 2, 2))));
        }
    }

    @Test
    void profilesAsIfPaddingWereNotThere() {
        int padding = 3;
        KeyPattern band = textLast(20, 1, padding);
        AttentionPlan plan =
                new AttentionPlan(
                        List.of(new Kind(band, TokenOrder.IDENTITY), new Kind(band, LAST)));
        Tensor k = random(1, 2, N, 64);
        for (int head = 0; head < 2; head++) {
            for (int i = 0; i < padding * 64; i++) {
                Doubles.put(k, ((head + 1) * N - padding) * 64 + i, i % 2 == 0 ? 1e4 : -1e4);
            }
        }
        Tensor q = random(1, 2, N, 64);
        Tensor v = random(1, 2, N, 64);
        Tensor kinds = poisoned(DType.I32, 1, 2);
        int[] rows = {0, 5, 101, VIDEO - 1};
        agrees(
                poisoned(DType.F32, 2, 1, 2),
                20 * tolerance(),
                (at, out) ->
                        at.ops()
                                .profile(
                                        at.on(q),
                                        at.on(k),
                                        at.on(v),
                                        rows,
                                        plan,
                                        N - padding,
                                        0.125f,
                                        Float.POSITIVE_INFINITY,
                                        out,
                                        at.on(copy(kinds))));
    }

    @Test
    void profilingTakesTheFirstOfEqualsAndNanForTheWorst() {
        KeyPattern band = textLast(20, 1, 0);
        AttentionPlan plan =
                new AttentionPlan(
                        List.of(
                                new Kind(band, LAST),
                                new Kind(KeyPattern.dense(N, N), TokenOrder.IDENTITY),
                                new Kind(KeyPattern.dense(N, N), TokenOrder.IDENTITY)));
        Tensor x = random(1, 1, N, 40);
        Tensor broken = copy(x);
        Doubles.put(broken, 0, Double.NaN);
        Tensor errors = poisoned(DType.F32, 3, 1, 1);
        Tensor kinds = poisoned(DType.I32, 1, 1);
        int[] rows = {100, 30};
        Tensor whole =
                run(
                        kinds,
                        (at, out) ->
                                at.ops()
                                        .profile(
                                                at.on(x),
                                                at.on(x),
                                                at.on(x),
                                                rows,
                                                plan,
                                                N,
                                                0.1f,
                                                Float.POSITIVE_INFINITY,
                                                at.on(copy(errors)),
                                                out));
        assertThat(Doubles.of(whole).values()).containsExactly(1);
        Tensor allNan =
                run(
                        kinds,
                        (at, out) ->
                                at.ops()
                                        .profile(
                                                at.on(broken),
                                                at.on(broken),
                                                at.on(broken),
                                                new int[] {0},
                                                plan,
                                                N,
                                                0.1f,
                                                Float.POSITIVE_INFINITY,
                                                at.on(copy(errors)),
                                                out));
        assertThat(Doubles.of(allNan).values()).containsExactly(0);
    }
}
