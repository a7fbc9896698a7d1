package org.svgen.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.op.KeyPattern;
import org.svgen.tensor.op.KeyPattern.Band;
import org.svgen.tensor.op.KeyPattern.Segment;
import org.svgen.tensor.op.KeyPattern.Span;
import org.svgen.tensor.op.TokenOrder;

/** Random key patterns of every form that the contract allows, the same for the same seed. */
final class PatternGenerator {
    private final Random random;

    PatternGenerator(long seed) {
        random = new Random(seed);
    }

    /** A pattern of at most {@code most} queries and keys. */
    KeyPattern next(int most) {
        int queries = 1 + random.nextInt(most);
        int keys = 1 + random.nextInt(most);
        List<Segment> segments = new ArrayList<>();
        for (int from = 0; from < queries; ) {
            int to = Math.min(queries, from + 1 + random.nextInt(most / 2));
            segments.add(segment(from, to, keys));
            from = to;
        }
        return new KeyPattern(queries, keys, segments);
    }

    private Segment segment(int from, int to, int keys) {
        // Cut points in ascending order make disjoint ranges; one of them may hold the band.
        int[] cuts = random.ints(6, 0, keys + 1).sorted().toArray();
        int bandAt = random.nextInt(4);
        List<Span> spans = new ArrayList<>();
        @Nullable Band band = null;
        for (int i = 0; i < 3; i++) {
            int start = cuts[2 * i];
            int end = cuts[2 * i + 1];
            if (i == bandAt) {
                int origin = random.nextInt(2 * keys) - keys / 2;
                int step = random.nextInt(5) - 2;
                int block = 1 + random.nextInt(9);
                int shift = random.nextInt(20) - 10;
                band = new Band(origin, step, shift, block, random.nextInt(40), start, end);
            } else if (random.nextBoolean()) {
                spans.add(new Span(start, end));
            }
        }
        return new Segment(from, to, spans, band);
    }

    /** A transpose that fits the queries and keys of {@code pattern}. */
    TokenOrder order(KeyPattern pattern) {
        int tokens = Math.min(pattern.queries(), pattern.keys());
        int start = random.nextInt(tokens);
        int rows = 1 + random.nextInt(Math.min(12, tokens - start));
        return new TokenOrder(start, rows, (tokens - start) / rows);
    }

    int headDim() {
        return new int[] {8, 32, 40, 64, 80, 128}[random.nextInt(6)];
    }
}
