package org.svgen.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.svgen.pipeline.CancelledException;

/**
 * Lets Ctrl-C end a command in good order. Work that can be asked to stop ({@link #during}) is
 * asked, and the JVM's shutdown waits until it has noticed; everything else ends at once.
 * Unfinished outputs have hooks of their own, so that nothing half-written stays in any case.
 */
final class Interrupts {
    private static final String STOPPED = "svgen: stopped, nothing was written";
    private static final int PATIENCE_SECONDS = 20;

    private final Consumer<String> words;
    private final CountDownLatch done = new CountDownLatch(1);
    private boolean stopped;
    private @Nullable Runnable stop;

    /**
     * @param words gets the last line where the command itself cannot say it
     */
    Interrupts(Consumer<String> words) {
        this.words = words;
    }

    /** What the JVM runs at its end, be it ours or Ctrl-C's. */
    Thread hook() {
        return new Thread(this::stopAndWait);
    }

    /** From now on Ctrl-C ends in this order. */
    void install() {
        try {
            Runtime.getRuntime().addShutdownHook(hook());
        } catch (IllegalStateException e) {
            awaitEnd(); // Ctrl-C was faster.
        }
    }

    /** True once the JVM ends, for whatever reason; then nobody can end it once more. */
    boolean isEnding() {
        try {
            Thread hook = new Thread(() -> {});
            Runtime.getRuntime().addShutdownHook(hook);
            Runtime.getRuntime().removeShutdownHook(hook);
            return false;
        } catch (IllegalStateException e) {
            return true;
        }
    }

    private void stopAndWait() {
        if (done.getCount() == 0) {
            return; // It is ours, not Ctrl-C's.
        }
        Runnable action = beginStop();
        if (action == null) {
            words.accept(STOPPED);
            return;
        }
        action.run();
        try {
            if (!done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                words.accept("svgen: stopped in the midst of a step");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized @Nullable Runnable beginStop() {
        stopped = true;
        return stop;
    }

    /**
     * Does work that {@code action}, called by another thread, makes end soon.
     *
     * @throws CancelledException as {@link #proceed}
     */
    <T> T during(Runnable action, Supplier<T> work) {
        begin(action);
        try {
            return work.get();
        } finally {
            end();
        }
    }

    private void begin(Runnable action) {
        proceed();
        synchronized (this) {
            if (!stopped) {
                stop = action;
                return;
            }
        }
        proceed();
    }

    private synchronized void end() {
        if (!stopped) {
            stop = null;
        }
    }

    /**
     * Ends the command here if Ctrl-C was pressed.
     *
     * @throws CancelledException if the JVM's end waits for this thread
     */
    void proceed() {
        giveWay();
        synchronized (this) {
            if (stopped) {
                throw new CancelledException();
            }
        }
    }

    /** If the JVM ends without waiting for this thread, then this thread says no more. */
    void giveWay() {
        synchronized (this) {
            if (!stopped || stop != null) {
                return;
            }
        }
        awaitEnd();
    }

    private static void awaitEnd() {
        while (true) {
            LockSupport.park();
        }
    }

    /** The command has ended, nobody needs to wait. */
    void done() {
        done.countDown();
    }
}
