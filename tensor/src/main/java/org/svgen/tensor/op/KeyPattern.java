package org.svgen.tensor.op;

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
 * @param queries number of queries
 * @param keys number of keys
 * @param segments in ascending order, covering {@code 0..queries} without gaps
 */
public record KeyPattern(int queries, int keys, List<Segment> segments) {
    /** Checks that the segments hold all queries in their order, and no key twice. */
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

    /**
     * {@return every query attends to every key}
     *
     * @param queries number of queries
     * @param keys number of keys
     */
    public static KeyPattern dense(int queries, int keys) {
        return new KeyPattern(
                queries, keys, List.of(new Segment(0, queries, List.of(new Span(0, keys)), null)));
    }

    /** Of sizes alone: plans are looked up at each launch, and segments may be many. */
    @Override
    public int hashCode() {
        return (31 * queries + keys) * 31 + segments.size();
    }

    /** {@return query-key pairs that are computed} */
    public long pairs() {
        long n = 0;
        for (Segment s : segments) {
            for (Span span : s.spans) {
                n += (long) (span.to - span.from) * (s.to - s.from);
            }
            if (s.band != null) {
                n += s.bandPairs(s.band, s.from, s.to - 1);
            }
        }
        return n;
    }

    /** {@return the kept fraction of all query-key pairs, counted} */
    public double density() {
        return (double) pairs() / ((double) queries * keys);
    }

    /**
     * {@return the segment that query {@code q} belongs to}
     *
     * @param q index of the query
     */
    public Segment segmentOf(int q) {
        for (Segment s : segments) {
            if (q < s.to) {
                return s;
            }
        }
        throw new IndexOutOfBoundsException("query %d of %d".formatted(q, queries));
    }

    /**
     * {@return true if query {@code q} attends to key {@code k}}
     *
     * @param q index of the query
     * @param k index of the key
     */
    public boolean keeps(int q, int k) {
        Segment s = segmentOf(q);
        for (Span span : s.spans) {
            if (k >= span.from && k < span.to) {
                return true;
            }
        }
        return s.band != null && k >= s.bandFrom(q) && k < s.bandTo(q);
    }

    /**
     * Keys {@code from} (included) to {@code to} (excluded).
     *
     * @param from the first key
     * @param to one past the last key
     */
    public record Span(int from, int to) {
        /** Checks that it does not end before it begins. */
        public Span {
            if (from < 0 || to < from) {
                throw new IllegalArgumentException("span %d..%d".formatted(from, to));
            }
        }
    }

    /**
     * Queries {@code from..to} and their keys: the spans, which ascend, and the band.
     *
     * @param from the first query
     * @param to one past the last query
     * @param spans keys that all of them attend to
     * @param band keys that move with the query; none for no band
     */
    public record Segment(int from, int to, List<Span> spans, @Nullable Band band) {
        /** Keeps a copy of the spans. */
        public Segment {
            spans = List.copyOf(spans);
        }

        /**
         * {@return first key of the band of query {@code q}; where the band is empty, equal to
         * {@link #bandTo}}
         *
         * @param q index of the query
         */
        public int bandFrom(int q) {
            return band == null ? 0 : band.clip(band.unclippedFrom(q - from));
        }

        /**
         * {@return one past the last key of the band of query {@code q}}
         *
         * @param q index of the query
         */
        public int bandTo(int q) {
            return band == null ? 0 : band.clip(band.unclippedTo(q - from));
        }

        /**
         * Of queries {@code first} to {@code last}, both included. They are not counted one by one,
         * since plans ask for every call of every layer: both ends of a band move one way, so that
         * between two queries they are straight lines, or the queries are halved.
         */
        private long bandPairs(Band of, int first, int last) {
            long a = of.unclippedFrom(first - from);
            long b = of.unclippedFrom(last - from);
            long width = of.unclippedTo(first - from) - a;
            int queries = last - first + 1;
            if (queries <= 2 || of.straight(a, b) && of.straight(a + width, b + width)) {
                long widths = bandTo(first) - bandFrom(first) + bandTo(last) - bandFrom(last);
                return queries * widths / 2;
            }
            int middle = (first + last) >>> 1;
            return bandPairs(of, first, middle) + bandPairs(of, middle + 1, last);
        }
    }

    /**
     * A diagonal band. The query that is {@code i}-th in its segment has its centre at key {@code
     * origin + i * step}; it attends to the blocks of {@code block} keys that are at most {@code
     * reach} blocks away from its own, as far as they lie in {@code clipFrom..clipTo}. With blocks
     * of one key this is {@code |centre - key| <= reach}. {@code reach} is not negative.
     *
     * @param origin key at which the band of query 0 is centred
     * @param step keys by which the centre moves from a query to the next
     * @param blockOrigin where blocks of keys begin to be counted
     * @param block keys of a block, which is kept or left as a whole
     * @param reach how far the band reaches from its centre, in keys
     * @param clipFrom the first key that the band may hold
     * @param clipTo one past the last such key
     */
    public record Band(
            int origin, int step, int blockOrigin, int block, int reach, int clipFrom, int clipTo) {
        /** Checks that there are blocks, and that the band is no wider than nothing. */
        public Band {
            if (block < 1 || reach < 0 || clipFrom < 0 || clipTo < clipFrom) {
                throw new IllegalArgumentException(
                        "band of blocks of %d, reach %d, clipped to %d..%d"
                                .formatted(block, reach, clipFrom, clipTo));
            }
        }

        /** Of the {@code i}-th query of the segment. */
        private long unclippedFrom(int i) {
            return (blockOf(i) - reach) * block + blockOrigin;
        }

        private long unclippedTo(int i) {
            return (blockOf(i) + reach + 1) * block + blockOrigin;
        }

        private long blockOf(int i) {
            return Math.floorDiv(origin + (long) i * step - blockOrigin, block);
        }

        private int clip(long key) {
            return Math.clamp(key, clipFrom, clipTo);
        }

        /** Whether an end that moves from one key to another does so on a line, once clipped. */
        private boolean straight(long a, long b) {
            return clip(a) == clip(b) || block == 1 && clip(a) == a && clip(b) == b;
        }
    }
}
