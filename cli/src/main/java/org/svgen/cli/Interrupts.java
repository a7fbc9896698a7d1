package org.svgen.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets Ctrl-C end a run in good order: the JVM's shutdown waits until the run has noticed.
 * Unfinished outputs have hooks of their own, so that nothing half-written stays in any case.
 */
final class Interrupts {
    private static final int PATIENCE_SECONDS = 20;

    private final CountDownLatch done = new CountDownLatch(1);
    private volatile Runnable stop = () -> {};

    /** What the JVM runs at its end, be it ours or Ctrl-C's. */
    Thread hook() {
        return new Thread(this::stopAndWait);
    }

    private void stopAndWait() {
        if (done.getCount() == 0) {
            return;
        }
        stop.run();
        try {
            // In vain if a step takes longer: then the JVM ends in the midst of it.
            boolean unused = done.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What to do when the user wants to stop. */
    void onStop(Runnable action) {
        stop = action;
    }

    /** The command has ended, nobody needs to wait. */
    void done() {
        done.countDown();
    }
}
