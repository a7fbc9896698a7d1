package org.svgen.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.svgen.testkit.VideoPatterns.FIRST;
import static org.svgen.testkit.VideoPatterns.LAST;
import static org.svgen.testkit.VideoPatterns.N;
import static org.svgen.testkit.VideoPatterns.firstFrame;
import static org.svgen.testkit.VideoPatterns.plan;
import static org.svgen.testkit.VideoPatterns.textFirst;
import static org.svgen.testkit.VideoPatterns.textLast;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.AttentionPlan.Kind;
import org.svgen.tensor.op.KeyPattern;
import org.svgen.tensor.op.KeyPattern.Band;
import org.svgen.tensor.op.KeyPattern.Segment;
import org.svgen.tensor.op.KeyPattern.Span;
import org.svgen.tensor.op.TokenOrder;

/** What every backend's attention computes, for patterns and sizes of all sorts. */
public abstract class AttentionContract extends BackendContract {
    @ParameterizedTest
    @CsvSource({
        "1,1,1,1,64",
        "1,2,65,65,64",
        "2,1,130,130,32",
        "1,1,7,300,128",
        "1,3,257,61,40",
        "1,1,97,97,8",
        "1,1,33,50,5",
        "1,1,70,200,72"
    })
    void attendsDensely(int b, int h, int nq, int nk, int d) {
        attends(AttentionPlan.dense(nq, nk), null, b, h, d);
    }

    @ParameterizedTest
    @CsvSource({"0,1,1,64", "17,1,1,64", "40,1,5,32", "1,8,1,40", "2,16,12,128", "300,1,3,64"})
    void attendsInABandWithTextLastAndPadding(int reach, int block, int padding, int d) {
        KeyPattern pattern = textLast(reach, block, padding);
        attends(plan(pattern, TokenOrder.IDENTITY), null, 1, 2, d);
        attends(plan(pattern, LAST), null, 1, 2, d);
    }

    @ParameterizedTest
    @CsvSource({"0,0", "25,0", "25,29", "90,3", "300,200"})
    void attendsInABandWithTextFirstAndASink(int reach, int sink) {
        attends(plan(textFirst(reach, sink), TokenOrder.IDENTITY), null, 2, 1, 64);
        attends(plan(textFirst(reach, sink), FIRST), null, 1, 1, 40);
    }

    @ParameterizedTest
    @CsvSource({"0,64", "20,128", "57,40", "57,64", "300,128"})
    void attendsWithAFirstFrameThatAllSee(int reach, int d) {
        attends(firstFrame(reach), ints(new int[] {0, 1, 1, 0}, 2, 2), 2, 2, d);
    }

    /** The heads of an autoencoder are longer than a transformer's. */
    @ParameterizedTest
    @CsvSource({"1,1,512", "2,3,160", "1,2,132"})
    void attendsWithLongHeads(int batch, int heads, int d) {
        int frame = 24;
        int n = 5 * frame;
        Band causal = new Band(-n, 1, 0, frame, 5, 0, n);
        KeyPattern pattern = new KeyPattern(n, n, List.of(new Segment(0, n, List.of(), causal)));
        attends(plan(pattern, TokenOrder.IDENTITY), null, batch, heads, d);
        int[] kinds = new int[batch * heads];
        for (int i = 0; i < kinds.length; i++) {
            kinds[i] = i % 2;
        }
        attends(
                new AttentionPlan(
                        List.of(
                                new Kind(textLast(20, 1, 2), TokenOrder.IDENTITY),
                                new Kind(textLast(20, 1, 2), LAST))),
                ints(kinds, batch, heads),
                batch,
                heads,
                d);
    }

    @Test
    void mixesKindsByHead() {
        AttentionPlan plan =
                new AttentionPlan(
                        List.of(
                                new Kind(textLast(20, 1, 2), TokenOrder.IDENTITY),
                                new Kind(textLast(20, 1, 2), LAST),
                                new Kind(KeyPattern.dense(N, N), TokenOrder.IDENTITY)));
        attends(plan, ints(new int[] {0, 1, 2, 1, 2, 0}, 2, 3), 2, 3, 64);
    }

    /** As heads that choose among widths do, of which the device alone knows the choice. */
    @ParameterizedTest
    @CsvSource({"64", "128", "40"})
    void mixesManyWidthsOfBothOrdersByHead(int d) {
        List<Kind> kinds = new ArrayList<>();
        for (int reach : new int[] {2, 9, 20, 45, 80, 150}) {
            kinds.add(new Kind(textLast(reach, 1, 2), TokenOrder.IDENTITY));
            kinds.add(new Kind(textLast(reach, 1, 2), LAST));
        }
        kinds.add(new Kind(KeyPattern.dense(N, N), TokenOrder.IDENTITY));
        int[] chosen = {11, 0, 12, 5, 3, 7};
        attends(new AttentionPlan(kinds), ints(chosen, 2, 3), 2, 3, d);
    }

    @Test
    void attendsAlongSteepShiftedAndDecliningBands() {
        int queries = 101;
        int keys = 213;
        for (Band band :
                List.of(
                        new Band(0, 2, 0, 1, 5, 0, keys),
                        new Band(-40, 1, 0, 4, 2, 10, 200),
                        new Band(210, -2, 3, 7, 1, 0, keys),
                        new Band(500, 1, 0, 1, 3, 0, keys))) {
            KeyPattern pattern =
                    new KeyPattern(
                            queries,
                            keys,
                            List.of(
                                    new Segment(0, 60, List.of(), band),
                                    new Segment(60, 61, List.of(new Span(5, 6)), null),
                                    new Segment(61, 101, List.of(), band)));
            attends(plan(pattern, TokenOrder.IDENTITY), null, 1, 1, 64);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void attendsByAnyPattern(long seed) {
        PatternGenerator generator = new PatternGenerator(seed);
        for (int i = 0; i < 6; i++) {
            KeyPattern pattern = generator.next(300);
            attends(plan(pattern, generator.order(pattern)), null, 1, 2, generator.headDim());
        }
    }

    @Test
    void staysFiniteWithLargeScores() {
        Tensor q = normal(activations(), 0, 30, 1, 1, N, 64);
        Tensor k = normal(activations(), 0, 30, 1, 1, N, 64);
        Tensor v = random(1, 1, N, 64);
        AttentionPlan plan = plan(textLast(30, 1, 4), LAST);
        agrees(
                poisoned(1, N, 1, 64),
                100 * tolerance(),
                (at, out) ->
                        at.ops().attention(at.on(q), at.on(k), at.on(v), plan, null, 0.125f, out));
    }

    /**
     * A kernel that takes its reference from the first keys has to find another, where weights
     * reach 2^50 and 2^500.
     */
    @ParameterizedTest
    @CsvSource({"64,4", "64,15", "64,200", "128,15", "128,200", "40,200"})
    void followsScoresThatRiseFarBehindTheFirstKeys(int d, int rise) {
        int keys = 700;
        Tensor q = random(1, 2, 130, d);
        Tensor k = random(1, 2, keys, d);
        float[] values = k.toFloats();
        for (int i = 0; i < values.length; i++) {
            boolean steep = i / d % keys / 20 == 15;
            Doubles.put(k, i, values[i] * (steep ? rise : 1));
        }
        Tensor v = random(1, 2, keys, d);
        AttentionPlan plan = AttentionPlan.dense(130, keys);
        agrees(
                poisoned(1, 130, 2, d),
                10 * tolerance(),
                (at, out) ->
                        at.ops().attention(at.on(q), at.on(k), at.on(v), plan, null, 0.125f, out));
    }

    @Test
    void aBandWiderThanTheSequenceIsDense() {
        KeyPattern wide =
                new KeyPattern(
                        N, N, List.of(new Segment(0, N, List.of(), new Band(0, 1, 0, 1, N, 0, N))));
        Tensor x = random(1, 2, N, 64);
        float[] band = attention(x, x, x, plan(wide, LAST));
        float[] dense = attention(x, x, x, AttentionPlan.dense(N, N));
        assertThat(Errors.relative(band, dense)).isLessThan(tolerance());
    }

    @Test
    void temporalIsSpatialOnPermutedTokens() {
        KeyPattern pattern = textFirst(23, 7);
        Tensor x = random(1, 1, N, 64);
        Tensor permuted = copy(x);
        for (int i = 0; i < N; i++) {
            permuted.get(0)
                    .get(0)
                    .get(i)
                    .host()
                    .copyFrom(x.get(0).get(0).get(FIRST.stored(i)).host());
        }
        float[] temporal = attention(x, x, x, plan(pattern, FIRST));
        float[] spatial =
                attention(permuted, permuted, permuted, plan(pattern, TokenOrder.IDENTITY));
        float[] back = new float[spatial.length];
        for (int i = 0; i < N; i++) {
            System.arraycopy(spatial, i * 64, back, FIRST.stored(i) * 64, 64);
        }
        assertThat(Errors.relative(temporal, back)).isLessThan(tolerance());
    }

    @ParameterizedTest
    @CsvSource({"1,1,64", "11,3,8", "77,2,64", "33,5,40", "70,2,72", "65,2,133", "1400,1,4"})
    void attendsWithABias(int n, int h, int d) {
        Tensor q = random(n, h, d);
        Tensor k = random(n, h, d);
        Tensor v = random(n, h, d);
        Tensor bias = random(DType.F32, h, n, n);
        agrees(
                poisoned(n, h, d),
                (at, out) ->
                        at.ops()
                                .biasedAttention(
                                        at.on(q), at.on(k), at.on(v), at.on(bias), 0.3f, out));
    }

    private float[] attention(Tensor q, Tensor k, Tensor v, AttentionPlan plan) {
        return run(
                        poisoned(q.size(0), q.size(2), q.size(1), q.size(3)),
                        (at, out) ->
                                at.ops()
                                        .attention(
                                                at.on(q), at.on(k), at.on(v), plan, null, 0.125f,
                                                out))
                .toFloats();
    }

    private void attends(AttentionPlan plan, @Nullable Tensor kinds, int b, int h, int d) {
        int nq = plan.kinds().getFirst().pattern().queries();
        int nk = plan.kinds().getFirst().pattern().keys();
        Tensor q = random(b, h, nq, d);
        Tensor k = random(b, h, nk, d);
        Tensor v = random(b, h, nk, d);
        float scale = (float) (1 / Math.sqrt(d));
        agrees(
                poisoned(b, nq, h, d),
                (at, out) ->
                        at.ops()
                                .attention(
                                        at.on(q),
                                        at.on(k),
                                        at.on(v),
                                        plan,
                                        at.onNullable(kinds),
                                        scale,
                                        out));
    }
}
