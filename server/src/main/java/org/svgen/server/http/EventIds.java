package org.svgen.server.http;

import java.util.OptionalLong;

/**
 * The numbers of a stream's events. Those of the store grow over all jobs and outlive a restart;
 * between two of them there is room for a million that are not stored, such as progress.
 */
final class EventIds {
    private static final long ROOM = 1_000_000;

    private long id;

    /**
     * @param stored the store's event that the stream begins behind
     */
    EventIds(long stored) {
        this.id = stored * ROOM;
    }

    /** The store's event that a client has seen last; none if the header is none of ours. */
    static OptionalLong seen(String header) {
        return header.matches("[0-9]{1,18}")
                ? OptionalLong.of(Long.parseLong(header) / ROOM)
                : OptionalLong.empty();
    }

    /** Goes on where a client stopped. */
    void from(String header) {
        id = Math.max(id, Long.parseLong(header));
    }

    /** The store's event that was sent last. */
    long stored() {
        return id / ROOM;
    }

    /** Of an event of the store. */
    long at(long stored) {
        id = Math.max(id, stored * ROOM);
        return id;
    }

    /** Of one that comes before an event of the store, and does not stand for it. */
    long before(long stored) {
        return stored * ROOM - 1;
    }

    /** Of one that is not stored. */
    long next() {
        if (id % ROOM < ROOM - 2) {
            id++;
        }
        return id;
    }
}
