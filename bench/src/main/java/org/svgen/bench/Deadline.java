package org.svgen.bench;

/**
 * When nothing more is begun.
 *
 * @param nanos by {@link System#nanoTime}, from {@code start} on
 */
record Deadline(long start, double nanos) {
    static Deadline in(double seconds) {
        return new Deadline(System.nanoTime(), seconds * 1e9);
    }

    boolean passed() {
        return System.nanoTime() - start >= nanos;
    }
}
