package org.svgen.hub;

/**
 * Tells when a transfer has become too slow to wait for. Only time spent in waiting counts, so that
 * a slow disk is not the sender's fault.
 */
final class Pace {
    private final Patience patience;
    private long silentNanos;
    private long nanos; // of waiting, since the last judgement
    private long bytes; // that came since then

    Pace(Patience patience) {
        this.patience = patience;
    }

    void came(long count) {
        bytes += count;
        silentNanos = 0;
    }

    /**
     * @throws StalledException if it is time to give up
     */
    void waited(long time) throws StalledException {
        long limit = patience.silence().toNanos();
        silentNanos += time;
        nanos += time;
        if (silentNanos >= limit) {
            throw new StalledException(
                    "no data for %d s".formatted(patience.silence().toSeconds()));
        }
        if (nanos >= limit) {
            if (bytes < patience.bytesPerSecond() * (nanos / 1e9)) {
                throw new StalledException(
                        "only %d bytes in %d s"
                                .formatted(bytes, Math.max(1, Math.round(nanos / 1e9))));
            }
            nanos = 0;
            bytes = 0;
        }
    }
}
