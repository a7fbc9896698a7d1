package org.svgen.server.work;

import java.util.function.BooleanSupplier;

/** Wakes those who wait for work. Thread-safe. */
final class Bell {
    private long rings;

    synchronized void ring() {
        rings++;
        notifyAll();
    }

    synchronized long rings() {
        return rings;
    }

    /** Waits until it rang more often than {@code seen}, or for some time. */
    synchronized void await(long seen, long millis) {
        long end = System.nanoTime() + millis * 1_000_000;
        while (rings == seen && await(end)) {
            // Somebody woke this up who did not ring.
        }
    }

    /** Waits for some time, whoever rings. */
    synchronized void sleep(long millis, BooleanSupplier over) {
        long end = System.nanoTime() + millis * 1_000_000;
        while (!over.getAsBoolean() && await(end)) {
            // It rang for others.
        }
    }

    /** False once the time is over. */
    private boolean await(long end) {
        long left = (end - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
            return false;
        }
        try {
            wait(left);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
