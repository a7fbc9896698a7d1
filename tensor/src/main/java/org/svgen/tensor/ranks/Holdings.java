package org.svgen.tensor.ranks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which ranks have what was last written into which bytes of a storage. All have what nothing is
 * noted of. Each rank's memory is laid out alike, so one table is about all of them.
 */
final class Holdings {
    /** The home of bytes that every rank has written itself. */
    static final int EVERYWHERE = -1;

    /** The home of whole numbers of which each rank has a part; their sum is what is meant. */
    static final int SUM = -2;

    private static final long ALL = -1;

    private final TreeMap<Long, Span> spans = new TreeMap<>(); // by their first byte

    /**
     * Bytes that the same ranks have.
     *
     * @param home the rank that works on them, or one of the two above
     * @param holders a bit for each rank that has them
     */
    record Span(long from, long to, int home, long holders) {
        boolean heldBy(int rank) {
            return (holders >>> rank & 1) != 0;
        }

        /** One that has them. */
        int holder() {
            return home >= 0 && heldBy(home) ? home : Long.numberOfTrailingZeros(holders);
        }
    }

    /** What is known of these bytes, in their order and without gaps. */
    List<Span> over(long from, long to) {
        List<Span> found = new ArrayList<>();
        Map.Entry<Long, Span> before = spans.lowerEntry(from + 1);
        long start = before != null && before.getValue().to() > from ? before.getKey() : from;
        long at = from;
        for (Span span : spans.subMap(start, to).values()) {
            if (span.from() > at) {
                found.add(new Span(at, span.from(), EVERYWHERE, ALL));
            }
            long begin = Math.max(span.from(), from);
            at = Math.min(span.to(), to);
            found.add(new Span(begin, at, span.home(), span.holders()));
        }
        if (at < to) {
            found.add(new Span(at, to, EVERYWHERE, ALL));
        }
        return found;
    }

    /** Every rank has these bytes. */
    void everywhere(long from, long to) {
        clear(from, to);
    }

    /** One rank alone has them. */
    void only(int home, long from, long to) {
        put(new Span(from, to, home, 1L << home));
    }

    /** Each rank has a part of a sum. */
    void sum(long from, long to) {
        put(new Span(from, to, SUM, ALL));
    }

    /** A rank has them too. */
    void add(int rank, long from, long to) {
        for (Span span : over(from, to)) {
            if (!span.heldBy(rank)) {
                put(new Span(span.from(), span.to(), span.home(), span.holders() | 1L << rank));
            }
        }
    }

    private void put(Span span) {
        if (span.from() < span.to()) {
            clear(span.from(), span.to());
            spans.put(span.from(), span);
        }
    }

    /** What lies across the ends is cut there. */
    private void clear(long from, long to) {
        Map.Entry<Long, Span> before = spans.lowerEntry(from);
        if (before != null && before.getValue().to() > from) {
            Span span = before.getValue();
            spans.put(span.from(), new Span(span.from(), from, span.home(), span.holders()));
            if (span.to() > to) {
                spans.put(to, new Span(to, span.to(), span.home(), span.holders()));
            }
        }
        Map.Entry<Long, Span> last = spans.lowerEntry(to);
        if (last != null && last.getKey() >= from && last.getValue().to() > to) {
            Span span = last.getValue();
            spans.put(to, new Span(to, span.to(), span.home(), span.holders()));
        }
        spans.subMap(from, to).clear();
    }
}
