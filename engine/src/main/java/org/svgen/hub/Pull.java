package org.svgen.hub;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.svgen.tensor.SvgenException;

/** One download of a model: several files at once, and a thread that tells how far they are. */
record Pull(
        HubSettings settings,
        Cache cache,
        Http http,
        HubApi api,
        PullPlan plan,
        Snapshot snapshot,
        PullListener listener) {
    private static final int AT_ONCE = 6;
    private static final long TICK_MILLIS = 100;
    private static final long ENDING_SECONDS = 1;

    /** Returns when all files are there. */
    void run() {
        List<BlobDownload> all = new ArrayList<>();
        // What makes a folder look like a model comes last: its weights. Of those the largest
        // begin.
        List<PullPlan.File> files =
                plan.files().stream()
                        .sorted(Comparator.comparingLong(PullPlan.File::size).reversed())
                        .toList();
        List<BlobDownload> small = downloads(files, false);
        List<BlobDownload> weights = downloads(files, true);
        all.addAll(small);
        all.addAll(weights);
        fetch(small, all);
        fetch(weights, all);
        report(all);
    }

    private List<BlobDownload> downloads(List<PullPlan.File> files, boolean weights) {
        return files.stream()
                .filter(f -> f.name().endsWith(".safetensors") == weights)
                .map(f -> new BlobDownload(this, f))
                .toList();
    }

    private void fetch(List<BlobDownload> some, List<BlobDownload> all) {
        ExecutorService threads =
                Executors.newFixedThreadPool(
                        AT_ONCE, Thread.ofPlatform().daemon().name("download-", 0).factory());
        try {
            CompletionService<Object> running = new ExecutorCompletionService<>(threads);
            for (BlobDownload download : some) {
                running.submit(() -> {
                    download.run();
                    return download;
                });
            }
            for (int left = some.size(); left > 0; ) {
                Future<Object> ended = running.poll(TICK_MILLIS, TimeUnit.MILLISECONDS);
                if (ended != null) {
                    ended.get();
                    left--;
                }
                report(all);
                requireWanted();
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

    /**
     * @throws PullStoppedException if somebody wants to stop
     */
    void requireWanted() {
        if (listener.cancelled()) {
            throw new PullStoppedException();
        }
    }

    private void report(List<BlobDownload> all) {
        long done = all.stream().mapToLong(BlobDownload::done).sum();
        listener.progress(done, plan.total());
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
