package org.svgen.tensor.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.tensor.op.KeyPattern.Band;
import org.svgen.tensor.op.KeyPattern.Segment;
import org.svgen.tensor.op.KeyPattern.Span;

class KeyPatternTest {
    private static final int QUERIES = 37;
    private static final int KEYS = 41;

    @Test
    void denseKeepsEveryPair() {
        KeyPattern dense = KeyPattern.dense(5, 7);
        assertThat(dense.pairs()).isEqualTo(35);
        assertThat(dense.density()).isEqualTo(1);
        assertThat(dense.keeps(4, 6)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void countsThePairsThatItKeeps(long seed) {
        KeyPattern pattern = random(seed);
        long kept = 0;
        for (int q = 0; q < QUERIES; q++) {
            for (int k = 0; k < KEYS; k++) {
                kept += pattern.keeps(q, k) ? 1 : 0;
            }
        }
        assertThat(pattern.pairs()).isEqualTo(kept).isPositive();
        assertThat(pattern.density()).isEqualTo(kept / (double) (QUERIES * KEYS));
    }

    /** They are counted in closed form, and here one by one. */
    @Test
    void countsBandsOfEverySlopeAndWidthHoweverTheyAreClipped() {
        Random random = new Random(11);
        for (int i = 0; i < 2000; i++) {
            int queries = 1 + random.nextInt(300);
            int from = random.nextInt(KEYS);
            int to = from + random.nextInt(KEYS - from + 1);
            Band band =
                    new Band(
                            random.nextInt(-100, 100 + KEYS),
                            random.nextInt(-3, 4),
                            random.nextInt(-5, 5),
                            1 + Math.max(0, random.nextInt(-4, 9)),
                            random.nextInt(60),
                            from,
                            to);
            Segment whole = new Segment(0, queries, List.of(), band);
            long kept = 0;
            for (int q = 0; q < queries; q++) {
                kept += whole.bandTo(q) - whole.bandFrom(q);
            }
            assertThat(pattern(queries, KEYS, whole).pairs()).as("%s", whole).isEqualTo(kept);
        }
    }

    /** Spans in front of and behind a band of blocks, in three segments. */
    private static KeyPattern random(long seed) {
        Random random = new Random(seed);
        List<Segment> segments = new ArrayList<>();
        int[] cuts = {0, 1 + random.nextInt(12), 20 + random.nextInt(10), QUERIES};
        for (int i = 0; i < 3; i++) {
            int from = 5 + random.nextInt(8);
            int to = from + 5 + random.nextInt(15);
            Band band =
                    new Band(
                            random.nextInt(KEYS) - 5,
                            random.nextInt(3),
                            random.nextInt(4) - 2,
                            1 + random.nextInt(5),
                            random.nextInt(3),
                            from,
                            to);
            List<Span> spans =
                    List.of(new Span(0, random.nextInt(5)), new Span(to, to + random.nextInt(5)));
            segments.add(new Segment(cuts[i], cuts[i + 1], spans, band));
        }
        return new KeyPattern(QUERIES, KEYS, segments);
    }

    @Test
    void aBandOfBlocksFollowsItsQueries() {
        Band band = new Band(4, 1, 0, 4, 1, 0, 16); // blocks of 4, one to either side
        KeyPattern pattern = pattern(8, 16, new Segment(0, 8, List.of(), band));
        assertThat(keys(pattern, 0)).isEqualTo("0..12"); // centre 4, in block 4..8
        assertThat(keys(pattern, 3)).isEqualTo("0..12");
        assertThat(keys(pattern, 4)).isEqualTo("4..16"); // centre 8
    }

    private static String keys(KeyPattern pattern, int q) {
        Segment segment = pattern.segmentOf(q);
        return segment.bandFrom(q) + ".." + segment.bandTo(q);
    }

    @Test
    void refusesSegmentsThatDoNotTileTheQueries() {
        refused("tile", segment(0, 3), segment(4, 8));
        refused("tile", segment(0, 5), segment(4, 8));
        refused("end at 7 of 8", segment(0, 7));
    }

    @Test
    void refusesKeysThatAreNotThereOrCountedTwice() {
        refused("ascend", segment(0, 8, null, new Span(0, 17)));
        refused("ascend", segment(0, 8, null, new Span(4, 8), new Span(7, 9)));
        refused("overlap", segment(0, 8, new Band(0, 1, 0, 1, 1, 4, 16), new Span(0, 5)));
        refused("beyond", segment(0, 8, new Band(0, 1, 0, 1, 1, 4, 17)));
        assertThatIllegalArgumentException().isThrownBy(() -> new Span(3, 2));
        assertThatIllegalArgumentException().isThrownBy(() -> new Band(0, 1, 0, 0, 1, 0, 4));
    }

    @Test
    void equalNumbersAreEqualPatterns() {
        assertThat(random(3)).isEqualTo(random(3)).hasSameHashCodeAs(random(3));
        assertThat(random(3)).isNotEqualTo(random(4));
    }

    @Test
    void aTokenOrderIsATransposeWithAnInverse() {
        TokenOrder order = new TokenOrder(2, 3, 4); // 3 frames of 4 tokens behind 2 others
        assertThat(order.stored(0)).isZero();
        assertThat(order.stored(2)).isEqualTo(2);
        assertThat(order.stored(3)).isEqualTo(6); // the same token of the second frame
        assertThat(order.stored(5)).isEqualTo(3); // the second token of the first
        assertThat(order.stored(14)).isEqualTo(14);
        for (int i = 0; i < 20; i++) {
            assertThat(order.position(order.stored(i))).isEqualTo(i);
        }
        assertThat(TokenOrder.IDENTITY.isIdentity()).isTrue();
        assertThat(order.isIdentity()).isFalse();
    }

    @Test
    void aPlanNeedsKindsOfOneSize() {
        assertThatIllegalArgumentException().isThrownBy(() -> new AttentionPlan(List.of()));
        AttentionPlan.Kind small =
                new AttentionPlan.Kind(KeyPattern.dense(8, 8), TokenOrder.IDENTITY);
        AttentionPlan.Kind large =
                new AttentionPlan.Kind(KeyPattern.dense(8, 9), TokenOrder.IDENTITY);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new AttentionPlan(List.of(small, large)))
                .withMessageContaining("8 x 9");
    }

    private static void refused(String message, Segment... segments) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pattern(8, 16, segments))
                .withMessageContaining(message);
    }

    private static KeyPattern pattern(int queries, int keys, Segment... segments) {
        return new KeyPattern(queries, keys, List.of(segments));
    }

    private static Segment segment(int from, int to) {
        return segment(from, to, null, new Span(0, 16));
    }

    private static Segment segment(int from, int to, @Nullable Band band, Span... spans) {
        return new Segment(from, to, List.of(spans), band);
    }
}
