package org.svgen.run;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.pipeline.CancelledException;
import org.svgen.tensor.StoppedException;
import org.svgen.tensor.SvgenException;

/** A checkpoint's hash, computed beside a run: closing ends that and waits until it has ended. */
final class ModelHash implements AutoCloseable {
    private static final long MILLIS_BETWEEN_QUESTIONS = 20;
    private static final String UNKNOWN = "";

    private final CompletableFuture<String> hash;
    private volatile boolean stopped;

    ModelHash(Checkpoint checkpoint) {
        hash =
                checkpoint
                        .knownHash()
                        .map(CompletableFuture::completedFuture)
                        .orElseGet(() ->
                                CompletableFuture.supplyAsync(() -> checkpoint.hash(this::ask)));
    }

    private void ask() {
        if (stopped) {
            throw new CancelledException();
        }
    }

    /** Whether {@link #await} need not wait. */
    boolean isKnown() {
        return hash.isDone();
    }

    /**
     * Waits for it. That files went while they were in use is no reason to lose a video.
     *
     * @param asked while this waits; throws to end it
     * @param note told, in one line, why there is none
     * @return the hash, or nothing
     */
    String await(Runnable asked, Consumer<String> note) {
        while (true) {
            try {
                return hash.get(MILLIS_BETWEEN_QUESTIONS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                asked.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CancelledException(Cancellation.INTERRUPTED, e);
            } catch (ExecutionException e) {
                switch (e.getCause()) {
                    case StoppedException stopped -> throw stopped;
                    case SvgenException unreadable -> {
                        note.accept(
                                "the recipe has no hash of the model: " + unreadable.getMessage());
                        return UNKNOWN;
                    }
                    case RuntimeException other -> throw other;
                    case null, default -> throw new IllegalStateException(e);
                }
            }
        }
    }

    @Override
    public void close() {
        stopped = true;
        hash.handle((done, failure) -> "").join();
    }
}
