package org.svgen.tensor.op;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.svgen.tensor.op.AttentionPlan.Kind;
import org.svgen.tensor.op.KeyPattern.Band;
import org.svgen.tensor.op.KeyPattern.Segment;
import org.svgen.tensor.op.KeyPattern.Span;
import org.svgen.tensor.op.KeyWalk.Piece;
import org.svgen.tensor.op.KeyWalk.Row;

class KeyWalkTest {
    private static final int N = 60;
    private static final TokenOrder TURNED = new TokenOrder(3, 5, 11);

    /** Two spans and a band, of which some touch. */
    private static KeyPattern pattern(int reach) {
        return new KeyPattern(
                N,
                N,
                List.of(
                        new Segment(0, 10, List.of(new Span(0, 50)), null),
                        new Segment(
                                10,
                                N,
                                List.of(new Span(0, 3), new Span(3, 10), new Span(58, 60)),
                                new Band(12, 1, 0, 1, reach, 10, 58))));
    }

    @Test
    void everyKindAndDenseAttentionIsTheSumOfItsPieces() {
        Random random = new Random(5);
        AttentionPlan plan =
                new AttentionPlan(
                        List.of(
                                new Kind(pattern(4), TokenOrder.IDENTITY),
                                new Kind(pattern(4), TURNED),
                                new Kind(pattern(9), new TokenOrder(0, 1, 60)),
                                new Kind(pattern(20), TURNED),
                                new Kind(KeyPattern.dense(N, N), new TokenOrder(0, 6, 10))));
        for (int limit : new int[] {0, 2, 30, N}) {
            int[] rows = random.ints(9, 0, N).toArray();
            int[][][] kept = new int[rows.length][plan.kinds().size() + 1][N];
            for (KeyWalk walk : KeyWalk.of(plan, rows, limit)) {
                int before = -1;
                for (Row row : walk.rows()) {
                    int position = walk.order().position(rows[row.index()]);
                    assertThat(position).isGreaterThanOrEqualTo(before);
                    before = position;
                    count(walk, row, kept[row.index()]);
                }
            }
            for (int r = 0; r < rows.length; r++) {
                for (int key = 0; key < N; key++) {
                    assertThat(kept[r][0][key]).isEqualTo(key < limit ? 1 : 0);
                    for (int j = 0; j < plan.kinds().size(); j++) {
                        Kind kind = plan.kinds().get(j);
                        boolean keeps =
                                kind.pattern()
                                        .keeps(
                                                kind.order().position(rows[r]),
                                                kind.order().position(key));
                        assertThat(kept[r][j + 1][key]).isEqualTo(keeps ? 1 : 0);
                    }
                }
            }
        }
    }

    private static void count(KeyWalk walk, Row row, int[][] kept) {
        int end = 0;
        for (Piece piece : row.pieces()) {
            assertThat(piece.from()).isGreaterThanOrEqualTo(end).isLessThan(piece.to());
            assertThat(piece.ways()).isNotZero();
            end = piece.to();
            assertThat(end).isLessThanOrEqualTo(walk.end());
            for (int at = piece.from(); at < end; at++) {
                for (int way = 0; way < kept.length; way++) {
                    kept[way][walk.order().stored(at)] += (int) (piece.ways() >> way & 1);
                }
            }
        }
    }

    @Test
    void keysOfManyWidthsAreCutAtTheirEdgesAlone() {
        AttentionPlan plan =
                new AttentionPlan(
                        List.of(
                                new Kind(pattern(4), TokenOrder.IDENTITY),
                                new Kind(pattern(9), TokenOrder.IDENTITY)));
        List<KeyWalk> walks = KeyWalk.of(plan, new int[] {30}, N);
        assertThat(walks).hasSize(1);
        assertThat(walks.getFirst().rows().getFirst().pieces())
                .containsExactly(
                        new Piece(0, 10, 7),
                        new Piece(10, 23, 1),
                        new Piece(23, 28, 5),
                        new Piece(28, 37, 7),
                        new Piece(37, 42, 5),
                        new Piece(42, 58, 1),
                        new Piece(58, 60, 7));
    }

    @Test
    void denseAttentionNeedsAWalkOfItsOwnWhereItsLimitDividesTheGrid() {
        AttentionPlan plan = new AttentionPlan(List.of(new Kind(KeyPattern.dense(N, N), TURNED)));
        assertThat(KeyWalk.of(plan, new int[] {1}, 30)).hasSize(2);
        assertThat(KeyWalk.of(plan, new int[] {1}, 58)).hasSize(1);
        assertThat(KeyWalk.of(plan, new int[] {1}, 3)).hasSize(1);
    }
}
