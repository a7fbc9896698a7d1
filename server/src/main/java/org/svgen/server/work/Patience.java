package org.svgen.server.work;

import java.io.IOException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.svgen.server.blob.BlobsAwayException;

/**
 * Tries again while the place of files does not answer: what was made should not be lost to that.
 *
 * @param giveUp asked now and then
 * @param log hears of each failure
 */
record Patience(BooleanSupplier giveUp, Consumer<String> log) {
    private static final long FIRST_WAIT_MILLIS = 500;
    private static final long LONGEST_WAIT_MILLIS = 15_000;
    private static final long LOOK_MILLIS = 100; // whether to give up

    /** Something with files; it can be done again. */
    interface Action<T> {
        T run() throws IOException;
    }

    <T> T with(Action<T> action) throws IOException {
        long wait = FIRST_WAIT_MILLIS;
        while (true) {
            try {
                return action.run();
            } catch (BlobsAwayException e) {
                if (giveUp.getAsBoolean() || !pause(wait)) {
                    throw e;
                }
                log.accept(e.getMessage() + "; trying again");
                wait = Math.min(LONGEST_WAIT_MILLIS, 2 * wait);
            }
        }
    }

    /** False if that was for nothing. */
    private boolean pause(long millis) {
        long end = System.nanoTime() + millis * 1_000_000;
        try {
            while (System.nanoTime() < end) {
                if (giveUp.getAsBoolean()) {
                    return false;
                }
                Thread.sleep(LOOK_MILLIS);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
