package org.svgen.hub;

import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.svgen.tensor.SvgenException;

/** Works on several files at once, and ends them all where one fails or somebody wants to stop. */
final class AtOnce {
    private static final int THREADS = 6;
    private static final long TICK_MILLIS = 100;
    private static final long ENDING_SECONDS = 1;

    private AtOnce() {}

    interface Task {
        void run() throws InterruptedException;
    }

    /**
     * Returns when all tasks have ended well.
     *
     * @param tick called ten times a second; may throw to stop
     */
    static void run(List<? extends Task> tasks, Runnable tick) {
        ExecutorService threads =
                Executors.newFixedThreadPool(
                        THREADS, Thread.ofPlatform().daemon().name("download-", 0).factory());
        try {
            CompletionService<Object> running = new ExecutorCompletionService<>(threads);
            for (Task task : tasks) {
                running.submit(() -> {
                    task.run();
                    return task;
                });
            }
            for (int left = tasks.size(); left > 0; ) {
                Future<Object> ended = running.poll(TICK_MILLIS, TimeUnit.MILLISECONDS);
                if (ended != null) {
                    ended.get();
                    left--;
                }
                tick.run();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof SvgenException known
                    ? known
                    : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            throw Interruptions.stopped(e);
        } finally {
            end(threads);
        }
    }

    /** Waits a little, so that files are closed and locks given back, even if interrupted. */
    private static void end(ExecutorService threads) {
        threads.shutdownNow();
        boolean interrupted = Thread.interrupted();
        try {
            boolean _ = threads.awaitTermination(ENDING_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
