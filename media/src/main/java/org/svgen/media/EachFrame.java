package org.svgen.media;

import java.io.IOException;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import org.svgen.pipeline.CancelledException;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StepListener;
import org.svgen.tensor.SvgenException;

/** Work on frames that do not need each other: on all cores, as many at once as there are. */
final class EachFrame {
    private static final ThreadFactory THREADS =
            Thread.ofPlatform().daemon().name("svgen-frame-", 0).factory();

    private EachFrame() {}

    /** What is done with a frame, on any thread. */
    @FunctionalInterface
    interface Work {
        void on(int frame) throws IOException;
    }

    /**
     * Returns, also by an exception, when nobody works any more.
     *
     * @param listener gets how many frames are done, on the calling thread; may stop the work
     * @throws IOException the first that a frame met; no more are begun then
     */
    static void run(int frames, StepListener listener, Work work) throws IOException {
        int most = Runtime.getRuntime().availableProcessors();
        try (ExecutorService threads = Executors.newFixedThreadPool(most, THREADS)) {
            CompletionService<Integer> running = new ExecutorCompletionService<>(threads);
            int begun = 0;
            for (int done = 0; done < frames; done++) {
                listener.progress(Stage.WRITE, done, frames);
                if (listener.cancelled()) {
                    throw new CancelledException();
                }
                for (; begun < Math.min(frames, done + most); begun++) {
                    int frame = begun;
                    running.submit(() -> {
                        work.on(frame);
                        return frame;
                    });
                }
                await(running);
            }
        }
    }

    /** Waits for the next frame that is done, whichever it is. */
    private static void await(CompletionService<Integer> running) throws IOException {
        try {
            running.take().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancelledException();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException cause -> throw cause;
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw new SvgenException("a frame failed", e);
            }
        }
    }
}
