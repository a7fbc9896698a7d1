package org.svgen.server.http;

import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.svgen.server.wire.Problem;
import org.svgen.server.wire.Refusal;

/**
 * How often a caller may ask: a bucket of tokens for each, which fills steadily.
 *
 * @param perSecond tokens that come each second
 * @param most tokens that a bucket holds, which may all go at once
 */
record Rates(
        double perSecond,
        double most,
        LongSupplier nanoTime,
        ConcurrentHashMap<String, Bucket> all) {
    /** Callers that are remembered; of more, those with a full bucket are forgotten. */
    private static final int MANY = 10_000;

    Rates(double perSecond, double most, LongSupplier nanoTime) {
        this(perSecond, most, nanoTime, new ConcurrentHashMap<>());
    }

    record Bucket(double tokens, long at) {}

    /**
     * Takes a token.
     *
     * @throws Refusal if there is none, saying when there will be one
     */
    void require(String caller) {
        long now = nanoTime.getAsLong();
        if (all.size() > MANY) {
            all.values().removeIf(bucket -> filled(bucket, now) >= most);
        }
        Bucket left =
                all.compute(
                        caller,
                        (_, bucket) ->
                                new Bucket(
                                        Math.max(
                                                -1,
                                                (bucket == null ? most : filled(bucket, now)) - 1),
                                        now));
        if (left.tokens() < 0) {
            // What was refused does not count.
            all.computeIfPresent(caller, (_, b) -> new Bucket(b.tokens() + 1, b.at()));
            throw new Refusal(
                    Problem.busy(
                            "rate_limit_exceeded",
                            "too many requests; this key may send %s a second"
                                    .formatted(
                                            perSecond == Math.rint(perSecond)
                                                    ? String.valueOf((long) perSecond)
                                                    : String.valueOf(perSecond)),
                            -left.tokens() / perSecond));
        }
    }

    private double filled(Bucket bucket, long now) {
        return Math.min(most, bucket.tokens() + (now - bucket.at()) / 1e9 * perSecond);
    }
}
