package org.svgen.server.store.sql;

/** In which order jobs that wait are handed out. */
final class Order {
    /** So long a job waits until its priority counts one more: nothing starves. */
    private static final long AGEING_MILLIS = 600_000;

    /** Between the places of two jobs that come one behind the other: for others that are moved. */
    static final long GAP = 1 << 20;

    private Order() {}

    /**
     * The priority that counts now. It has one parameter, the time, twice. A clock that was set
     * back makes nobody younger than new.
     */
    private static String rank(String job) {
        return "(%s.priority + CASE WHEN ? > %s.waits_since THEN (? - %s.waits_since) / %d ELSE 0 END)"
                .formatted(job, job, job, AGEING_MILLIS);
    }

    /** For ORDER BY; the time twice. */
    static String by(String job) {
        return "%s DESC, %s.place, %s.seq".formatted(rank(job), job, job);
    }

    /** True where {@code one} goes before {@code other}; the time eight times. */
    static String before(String one, String other) {
        return "(%s > %s OR (%s = %s AND (%s.place < %s.place OR (%s.place = %s.place AND %s.seq < %s.seq))))"
                .formatted(
                        rank(one),
                        rank(other),
                        rank(one),
                        rank(other),
                        one,
                        other,
                        one,
                        other,
                        one,
                        other);
    }
}
