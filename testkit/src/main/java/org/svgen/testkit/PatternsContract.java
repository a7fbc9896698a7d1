package org.svgen.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;

/** What every backend computes to choose patterns of blocks. */
public abstract class PatternsContract extends BackendContract {
    @ParameterizedTest
    @CsvSource({
        "1,2,37,5,3,8,0.3",
        "2,1,301,40,9,64,0.125",
        "1,1,900,300,14,40,0.5",
        "1,2,130,1,2,128,0.1"
    })
    void tellsHowQueriesShareTheirAttention(
            int b, int h, int n, int rows, int blocks, int d, float scale) {
        Tensor q = random(b, h, n, d);
        Tensor k = random(b, h, n, d);
        int[] sampled = new int[rows];
        for (int r = 0; r < rows; r++) {
            sampled[r] = below(n);
        }
        int[] bounds = new int[b * h * (blocks + 1)];
        for (int i = 0; i < bounds.length; i++) {
            int at = i % (blocks + 1);
            // From behind some text to before some padding; the second block is empty.
            bounds[i] = 2 + (at == 2 ? 1 : at) * (n - 4) / blocks;
        }
        agrees(
                poisoned(DType.F32, (long) b * h, rows, blocks),
                1e-5,
                (at, out) ->
                        at.ops()
                                .blockShares(
                                        at.on(q),
                                        at.on(k),
                                        at.on(ints(sampled, rows)),
                                        at.on(ints(bounds, b * h, blocks + 1)),
                                        scale,
                                        out));
    }

    @ParameterizedTest
    @CsvSource({"1,4,1", "2,128,33", "3,64,300", "1,2,5"})
    void tellsWhatLinesAreWorth(int maps, int rows, int blocks) {
        Tensor shares = random(DType.F32, maps, rows, blocks);
        int[] of = new int[rows];
        for (int r = 0; r < rows; r++) {
            of[r] = r * blocks / rows;
        }
        Tensor places = ints(of, rows);
        Tensor lines = poisoned(DType.F32, maps, 3L * blocks - 1);
        Tensor scores = poisoned(DType.F32, maps, blocks, blocks);
        agrees(
                copy(scores),
                1e-6,
                (at, out) ->
                        at.ops().lineScores(at.on(shares), at.on(places), at.on(copy(lines)), out));
        agrees(
                lines,
                1e-6,
                (at, out) ->
                        at.ops()
                                .lineScores(
                                        at.on(shares), at.on(places), out, at.on(copy(scores))));
    }

    @ParameterizedTest
    @CsvSource({"1,2,3,1,8,5,0", "2,1,3,0,64,70,1", "1,3,2,2,128,300,1"})
    void choosesThePatternThatKeepsMost(
            int b, int h, int patterns, int more, int rows, int count, int first) {
        int maps = b * h;
        int blocks = count + first;
        int words = Math.ceilDiv(blocks, 32);
        int stride = maps + more;
        Tensor shares = random(DType.F32, maps, rows, count);
        double[] values = Doubles.of(shares).values();
        for (int i = 0; i < values.length; i++) {
            Doubles.put(shares, i, Math.abs(values[i]));
        }
        int[] of = new int[rows];
        for (int r = 0; r < rows; r++) {
            of[r] = r * count / rows;
        }
        int[] bits = new int[patterns * stride * blocks * words];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = below(Integer.MAX_VALUE);
        }
        agrees(
                poisoned(DType.I32, b, h),
                (at, out) ->
                        at.ops()
                                .chooseMaps(
                                        at.on(shares),
                                        at.on(ints(of, rows)),
                                        at.on(ints(bits, patterns * stride, blocks, words)),
                                        patterns,
                                        first,
                                        out));
    }

    @Test
    void theFirstOfEqualPatternsIsChosen() {
        Tensor shares = random(DType.F32, 1, 4, 3);
        Tensor which =
                run(
                        poisoned(DType.I32, 1, 1),
                        (at, out) ->
                                at.ops()
                                        .chooseMaps(
                                                at.on(shares),
                                                at.on(ints(new int[] {0, 1, 1, 2}, 4)),
                                                at.on(ints(new int[9], 3, 3, 1)),
                                                3,
                                                0,
                                                out));
        assertThat(Doubles.of(which).values()).containsExactly(0);
    }
}
