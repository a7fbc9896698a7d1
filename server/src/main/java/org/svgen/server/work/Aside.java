package org.svgen.server.work;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.svgen.tensor.SvgenException;

/**
 * A thread of the system for what computes long. Requests are served by virtual threads, which give
 * way to each other only where they wait: a few that compute would hold up all others.
 */
final class Aside implements AutoCloseable {
    private final ExecutorService thread;

    Aside(String name) {
        this.thread =
                Executors.newSingleThreadExecutor(
                        Thread.ofPlatform().daemon().name(name).factory());
    }

    /**
     * Does the work there, and waits for it.
     *
     * @throws SvgenException if this is closed, or the thread that waits is interrupted; what the
     *     work throws otherwise
     */
    <T> T call(Callable<T> work) {
        Future<T> done;
        try {
            done = thread.submit(work);
        } catch (RejectedExecutionException e) {
            throw new SvgenException("the service stops", e);
        }
        try {
            return done.get();
        } catch (InterruptedException e) {
            done.cancel(true);
            Thread.currentThread().interrupt();
            throw new SvgenException("interrupted while a run was planned", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException known) {
                throw known;
            }
            throw new SvgenException("cannot plan a run: " + e.getCause(), e.getCause());
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
