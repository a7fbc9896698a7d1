package org.svgen.cli.service;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Waits for what others do. */
final class Await {
    private static final Duration MOST = Duration.ofSeconds(120);
    private static final long PAUSE_MILLIS = 15;

    private Await() {}

    static void until(BooleanSupplier condition) {
        value(condition::getAsBoolean, Boolean::booleanValue);
    }

    /** {@return the first value that is as wanted} */
    static <T> T value(Supplier<T> source, Predicate<T> wanted) {
        long end = System.nanoTime() + MOST.toNanos();
        while (true) {
            T value = source.get();
            if (wanted.test(value)) {
                return value;
            }
            if (System.nanoTime() > end) {
                throw new AssertionError("still: " + value);
            }
            sleep(PAUSE_MILLIS);
        }
    }

    static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
