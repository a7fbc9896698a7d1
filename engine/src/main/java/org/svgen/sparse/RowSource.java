package org.svgen.sparse;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.svgen.tensor.random.TorchRandom;

/** Chooses the query rows that a call's profile looks at, as stored positions. */
@FunctionalInterface
public interface RowSource {
    /** {@return indices of the queries to sample, in a new array} */
    int[] rows();

    /**
     * {@return one row from each of {@code count} equal strata of the video tokens: all frames and
     * places are represented, text and padding never}
     *
     * @param g where text and video lie
     * @param count how many rows
     * @param random where the choice comes from
     */
    static RowSource stratified(VideoGeometry g, int count, RandomGenerator random) {
        int m = Math.min(count, g.videoTokens());
        return () -> {
            int[] rows = new int[m];
            for (int i = 0; i < m; i++) {
                long from = (long) i * g.videoTokens() / m;
                long to = (long) (i + 1) * g.videoTokens() / m;
                rows[i] = g.videoFrom() + (int) (from + random.nextLong(to - from));
            }
            return rows;
        };
    }

    /**
     * {@return {@code torch.randint} with replacement, from the range that the official code draws
     * from}
     *
     * @param rules the official rules for this family of models
     * @param g where text and video lie
     * @param count how many rows
     * @param random where the choice comes from
     */
    static RowSource official(OfficialRules rules, VideoGeometry g, int count, TorchRandom random) {
        int limit = rules.rowLimit(g);
        int m = Math.min(count, g.tokens());
        return () ->
                Arrays.stream(random.integers(0, limit, m)).mapToInt(Math::toIntExact).toArray();
    }
}
