package org.svgen.cuda.product;

import java.util.function.LongSupplier;

/**
 * Compares the times of two ways to the same. The library must be faster in all rounds: so the
 * choice, and with it the last bits of every result, does not depend on what else a machine does.
 */
final class CublasLtRace {
    /** From here on the library is taken. */
    static final double CLEARLY = 1.1;

    static final int ROUNDS = 5;

    /** Clocks of an idle GPU are low. */
    private static final long WARM_UP = 100_000_000; // ns

    private final LongSupplier clock;

    /**
     * @param clock nanoseconds
     */
    CublasLtRace(LongSupplier clock) {
        this.clock = clock;
    }

    /**
     * Our time divided by the library's in the library's worst round; rounds end with the first
     * that the library does not win clearly. Both ways return when they are done.
     */
    double speedOfLibrary(Runnable ours, Runnable theirs) {
        ours.run();
        theirs.run();
        for (long end = clock.getAsLong() + WARM_UP; clock.getAsLong() < end; ) {
            ours.run();
            theirs.run();
        }
        double worst = Double.MAX_VALUE;
        for (int i = 0; i < ROUNDS && worst >= CLEARLY; i++) {
            worst = Math.min(worst, (double) time(ours) / time(theirs));
        }
        return worst;
    }

    private long time(Runnable way) {
        long start = clock.getAsLong();
        way.run();
        return Math.max(1, clock.getAsLong() - start);
    }
}
