package org.svgen.run;

import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import org.svgen.pipeline.CancelledException;
import org.svgen.pipeline.StepListener;

/**
 * What is asked all through a run: it throws once the listener wants the run to end or the run's
 * thread is interrupted. The thread stays interrupted.
 *
 * @param listener may cancel
 */
public record Cancellation(StepListener listener) implements Runnable {
    /** Why a run ended whose thread was interrupted. */
    public static final String INTERRUPTED =
            "stopped because its thread was interrupted, nothing was written";

    /**
     * @throws CancelledException to end the run
     */
    @Override
    public void run() {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancelledException(INTERRUPTED);
        }
        if (listener.cancelled()) {
            throw new CancelledException();
        }
    }

    /**
     * {@return what {@code e} means: files that an interrupted thread reads fail in their own
     * words}
     *
     * @param e what was thrown
     */
    public static RuntimeException meant(RuntimeException e) {
        if (Thread.currentThread().isInterrupted()) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof ClosedByInterruptException
                        || cause instanceof InterruptedIOException) {
                    return new CancelledException(INTERRUPTED, e);
                }
            }
        }
        return e;
    }
}
