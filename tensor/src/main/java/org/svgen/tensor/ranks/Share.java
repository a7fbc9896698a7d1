package org.svgen.tensor.ranks;

/** How a number of things is spread over ranks: as evenly as possible, those of a rank in a row. */
record Share(long from, long to) {
    static Share of(long count, int rank, int ranks) {
        return new Share(count * rank / ranks, count * (rank + 1) / ranks);
    }

    long size() {
        return to - from;
    }
}
