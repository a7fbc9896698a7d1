package org.svgen.server.store;

import java.util.Objects;

/**
 * By which a request that is sent twice makes one job. Kept as long as the job, and a day at least:
 * a repeat of a request whose job was deleted makes no other.
 *
 * @param key that the client chose; each owner has keys of its own
 * @param bodyHash of the body, to tell a repeat from another request
 */
public record Idempotency(String key, String bodyHash) {
    /** Checks that both are there. */
    public Idempotency {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(bodyHash, "bodyHash");
    }
}
