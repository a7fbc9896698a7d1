package org.svgen.tensor;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which keys each query attends to, as a few numbers instead of a mask: queries are cut into
 * segments, and the keys of a query are some spans that its whole segment shares and at most one
 * band that moves with the query. Spans and band of a segment never overlap, so counting keys is
 * adding lengths.
 *
 * <p>Indices are positions in the order that the head attends in (see {@link AttentionPlan}).
 *
 * @param segments in ascending order, covering {@code 0..queries} without gaps
 */
public record KeyPattern(int queries, int keys, List<Segment> segments) {
    public KeyPattern {
        segments = List.copyOf(segments);
        int at = 0;
        for (Segment s : segments) {
            if (s.from != at || s.to <= s.from) {
                throw new IllegalArgumentException("segments must tile the queries: " + segments);
            }
            at = s.to;
            int end = 0;
            for (Span span : s.spans) {
                if (span.from < end || span.to > keys) {
                    throw new IllegalArgumentException("spans must ascend within the keys: " + s);
                }
                end = span.to;
                if (s.band != null && span.from < s.band.clipTo && span.to > s.band.clipFrom) {
                    throw new IllegalArgumentException("span and band overlap: " + s);
                }
            }
            if (s.band != null && s.band.clipTo > keys) {
                throw new IllegalArgumentException("band beyond the keys: " + s);
            }
        }
        if (at != queries) {
            throw new IllegalArgumentException(
                    "segments end at %d of %d queries".formatted(at, queries));
        }
    }

    /** Every query attends to every key. */
    public static KeyPattern dense(int queries, int keys) {
        return new KeyPattern(
                queries, keys, List.of(new Segment(0, queries, List.of(new Span(0, keys)), null)));
    }

    /** Query-key pairs that are computed. */
    public long pairs() {
        long n = 0;
        for (Segment s : segments) {
            for (Span span : s.spans) {
                n += (long) (span.to - span.from) * (s.to - s.from);
            }
            if (s.band != null) {
                for (int q = s.from; q < s.to; q++) {
                    n += s.bandTo(q) - s.bandFrom(q);
                }
            }
        }
        return n;
    }

    /** The kept fraction of all query-key pairs, counted. */
    public double density() {
        return (double) pairs() / ((double) queries * keys);
    }

    /** The segment that query {@code q} belongs to. */
    public Segment segmentOf(int q) {
        for (Segment s : segments) {
            if (q < s.to) {
                return s;
            }
        }
        throw new IndexOutOfBoundsException("query %d of %d".formatted(q, queries));
    }

    /** True if query {@code q} attends to key {@code k}. */
    public boolean keeps(int q, int k) {
        Segment s = segmentOf(q);
        for (Span span : s.spans) {
            if (k >= span.from && k < span.to) {
                return true;
            }
        }
        return s.band != null && k >= s.bandFrom(q) && k < s.bandTo(q);
    }

    /** Keys {@code from} (included) to {@code to} (excluded). */
    public record Span(int from, int to) {
        public Span {
            if (from < 0 || to < from) {
                throw new IllegalArgumentException("span %d..%d".formatted(from, to));
            }
        }
    }

    /** Queries {@code from..to} and their keys: the spans, which ascend, and the band. */
    public record Segment(int from, int to, List<Span> spans, @Nullable Band band) {
        public Segment {
            spans = List.copyOf(spans);
        }

        /**
         * First key of the band of query {@code q}; where the band is empty, equal to {@link
         * #bandTo}.
         */
        public int bandFrom(int q) {
            if (band == null) {
                return 0;
            }
            long block = Math.floorDiv(band.centre(q - from) - band.blockOrigin, band.block);
            return clip(band, (block - band.reach) * band.block + band.blockOrigin);
        }

        /** One past the last key of the band of query {@code q}. */
        public int bandTo(int q) {
            if (band == null) {
                return 0;
            }
            long block = Math.floorDiv(band.centre(q - from) - band.blockOrigin, band.block);
            return clip(band, (block + band.reach + 1) * band.block + band.blockOrigin);
        }

        private static int clip(Band band, long key) {
            return Math.clamp(key, band.clipFrom, band.clipTo);
        }
    }

    /**
     * A diagonal band. The query that is {@code i}-th in its segment has its centre at key {@code
     * origin + i * step}; it attends to the blocks of {@code block} keys that are at most {@code
     * reach} blocks away from its own, as far as they lie in {@code clipFrom..clipTo}. With blocks
     * of one key this is {@code |centre - key| <= reach}. {@code reach} is not negative.
     */
    public record Band(
            int origin, int step, int blockOrigin, int block, int reach, int clipFrom, int clipTo) {
        public Band {
            if (block < 1 || reach < 0 || clipFrom < 0 || clipTo < clipFrom) {
                throw new IllegalArgumentException(
                        "band of blocks of %d, reach %d, clipped to %d..%d"
                                .formatted(block, reach, clipFrom, clipTo));
            }
        }

        long centre(int i) {
            return origin + (long) i * step;
        }
    }
}
