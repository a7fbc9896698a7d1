package org.svgen.sparse;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.svgen.tensor.TorchRandom;

/** Chooses the query rows that a call's profile looks at, as stored positions. */
@FunctionalInterface
public interface RowSource {
    int[] rows();

    /**
     * One row from each of {@code count} equal strata of the video tokens: all frames and places
     * are represented, text and padding never.
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

    /** {@code torch.randint} with replacement, from the range that the official code draws from. */
    static RowSource official(OfficialRules rules, VideoGeometry g, int count, TorchRandom random) {
        int limit = rules.rowLimit(g);
        int m = Math.min(count, g.tokens());
        return () ->
                Arrays.stream(random.integers(0, limit, m)).mapToInt(Math::toIntExact).toArray();
    }
}
