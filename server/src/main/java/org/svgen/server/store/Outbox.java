package org.svgen.server.store;

import java.time.Duration;
import java.util.List;

/**
 * News that are to be sent. A row comes with the end of a job, in the same transaction; each is
 * sent at least once, and none by two at a time.
 */
public interface Outbox {
    /**
     * Takes what is due. Whoever takes it has {@code lease} to say what came of it; then it is due
     * again, for others too.
     *
     * @param limit most of them
     * @param lease how long nobody else gets them
     * @return those that were due longest first; empty if none is
     */
    List<Delivery> take(int limit, Duration lease);

    /**
     * It has arrived, and is forgotten.
     *
     * @param id of a delivery
     */
    void delivered(String id);

    /**
     * It is to be tried again; this counts as an attempt.
     *
     * @param id of a delivery
     * @param wait until then
     */
    void retry(String id, Duration wait);

    /**
     * It will never arrive, and is forgotten.
     *
     * @param id of a delivery
     */
    void dropped(String id);
}
