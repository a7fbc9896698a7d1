package org.svgen.tensor.ranks;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Download;

/**
 * Downloads from one rank, any number of them: the program does not wait where one begins. A device
 * has one on its way at a time, so the next begins once that is there.
 */
final class RankDownloads {
    private final Group group;
    private final Rank rank;
    private @Nullable Coming last; // of the program's thread
    private @Nullable Coming coming; // of the rank's thread

    RankDownloads(Group group, Rank rank) {
        this.group = group;
        this.rank = rank;
    }

    private static final class Coming {
        private final CompletableFuture<Boolean> there = new CompletableFuture<>();
        private @Nullable Download begun;
    }

    /**
     * @param local on this rank
     */
    Download begin(Tensor local, Tensor host) {
        Coming before = last;
        Coming next = new Coming();
        last = next;
        ask(
                () -> {
                    settle();
                    next.begun = rank.backend().beginDownload(local, host);
                    coming = next;
                },
                before,
                next);
        return () -> await(next);
    }

    private void await(Coming one) {
        if (one == last) {
            last = null;
            ask(this::settle, one, one);
        }
        group.await(one.there, rank);
    }

    /** What is not done for want of a rank is not waited for. */
    private void ask(Runnable work, @Nullable Coming before, Coming next) {
        var _ =
                rank.ask(
                                () -> {
                                    work.run();
                                    return true;
                                })
                        .whenComplete((_, e) -> {
                            if (e != null) {
                                next.there.completeExceptionally(e);
                                if (before != null) {
                                    before.there.completeExceptionally(e);
                                }
                            }
                        });
    }

    /** Waits for the one that is on its way, on the rank's thread. */
    private void settle() {
        Coming c = coming;
        coming = null;
        if (c != null && c.begun != null) {
            c.begun.await();
            c.there.complete(true);
        }
    }
}
