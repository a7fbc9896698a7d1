package org.svgen.tensor.ranks;

import org.svgen.tensor.device.Link;

/**
 * Bytes that go from the memory of one rank to that of another, or to another place of the same.
 *
 * @param from offset and pitch of a storage on rank {@code source}
 * @param to the same on rank {@code target}
 * @param width bytes of a row
 * @param rows how many
 */
record Copy(int source, int target, Place from, Place to, long width, long rows) {
    /** Rows of a storage, in bytes. */
    record Place(RankStorage storage, long offset, long pitch) {
        Link.Rows on(int rank) {
            return new Link.Rows(storage.of(rank), offset, pitch);
        }
    }

    /** The same bytes of the same storage. */
    static Copy of(int source, int target, RankStorage storage, long from, long to) {
        Place place = new Place(storage, from, to - from);
        return new Copy(source, target, place, place, to - from, 1);
    }

    boolean remote() {
        return source != target;
    }

    /** On the thread of the target. */
    void run(Link link) {
        link.copy(from.on(source), to.on(target), width, rows);
    }
}
