package org.svgen.hub;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** One download of a model: several files at once, and a thread that reports how far they are. */
record Pull(
        HubSettings settings,
        Cache cache,
        Http http,
        HubApi api,
        PullPlan plan,
        Snapshot snapshot,
        PullListener listener) {
    /** Returns when all files are there. */
    void run() {
        List<BlobDownload> all = new ArrayList<>();
        // What makes a folder look like a model comes last: its weights. Of those the largest
        // begin, behind those that are only linked.
        List<PullPlan.File> files =
                plan.files().stream()
                        .sorted(
                                Comparator.comparing((PullPlan.File f) -> f.held().isEmpty())
                                        .thenComparing(
                                                Comparator.comparingLong(PullPlan.File::size)
                                                        .reversed()))
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
                .filter(f -> f.isWeights() == weights)
                .map(f -> new BlobDownload(this, f))
                .toList();
    }

    private void fetch(List<BlobDownload> some, List<BlobDownload> all) {
        AtOnce.run(
                some,
                () -> {
                    report(all);
                    requireWanted();
                });
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
}
