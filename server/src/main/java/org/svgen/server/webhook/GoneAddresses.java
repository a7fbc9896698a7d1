package org.svgen.server.webhook;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * Addresses whose hosts said that nobody listens there any more (410): for an hour nothing is sent
 * to them. Thread-safe.
 */
final class GoneAddresses {
    private static final long KEPT_NANOS = Duration.ofHours(1).toNanos();
    private static final int MOST = 1000;

    private final SequencedMap<String, Long> since = new LinkedHashMap<>();

    synchronized void add(String url, long nanoTime) {
        since.remove(url);
        since.put(url, nanoTime);
        if (since.size() > MOST) {
            since.pollFirstEntry();
        }
    }

    synchronized boolean has(String url, long nanoTime) {
        Long then = since.get(url);
        return then != null && nanoTime - then < KEPT_NANOS;
    }
}
