package org.svgen.pipeline;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.svgen.checkpoint.Checkpoint;

/** A checkpoint's hash, computed beside a run: closing ends that and waits until it has ended. */
final class ModelHash implements AutoCloseable {
    private static final long MILLIS_BETWEEN_QUESTIONS = 20;

    private final CompletableFuture<String> hash;
    private volatile boolean stopped;

    ModelHash(Checkpoint checkpoint) {
        hash = CompletableFuture.supplyAsync(() -> checkpoint.hash(this::ask));
    }

    private void ask() {
        if (stopped) {
            throw new CancelledException();
        }
    }

    /**
     * Waits for it.
     *
     * @param asked while this waits; throws to end it
     */
    String await(Runnable asked) {
        while (true) {
            try {
                return hash.get(MILLIS_BETWEEN_QUESTIONS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                asked.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CancelledException(Cancellation.INTERRUPTED, e);
            } catch (ExecutionException e) {
                throw e.getCause() instanceof RuntimeException reason
                        ? reason
                        : new IllegalStateException(e.getCause());
            }
        }
    }

    @Override
    public void close() {
        stopped = true;
        hash.handle((done, failure) -> "").join();
    }
}
