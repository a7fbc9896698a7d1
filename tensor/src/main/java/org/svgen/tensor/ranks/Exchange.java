package org.svgen.tensor.ranks;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Link;
import org.svgen.tensor.ranks.Holdings.Span;

/**
 * Copies between ranks that happen together. A rank copies to itself once those that it copies from
 * have come so far, and these go on once it has done that: what they have may be overwritten then.
 *
 * <p>The collectives are made of {@link #fetch}: a broadcast is all ranks fetching what one has, an
 * all-gather all ranks fetching everything, an all-to-all each rank fetching a part of what each
 * has.
 */
final class Exchange {
    private final List<Copy> copies = new ArrayList<>();

    void add(Copy copy) {
        if (copy.rows() > 0 && copy.width() > 0) {
            copies.add(copy);
        }
    }

    /** Lets a rank have all of a tensor. */
    void fetch(int rank, Tensor tensor) {
        if (!(tensor.storage() instanceof RankStorage storage)) {
            return;
        }
        long from = tensor.offset();
        for (Span span : storage.holdings().over(from, from + tensor.bytes())) {
            if (!span.heldBy(rank)) {
                add(Copy.of(span.holder(), rank, storage, span.from(), span.to()));
                storage.holdings().add(rank, span.from(), span.to());
            }
        }
    }

    /** Asks all ranks for their parts in it. */
    void run(Group group) {
        List<CompletableFuture<Link.Mark>> ready = new ArrayList<>();
        List<CompletableFuture<Link.Mark>> done = new ArrayList<>();
        for (int i = 0; i < group.ranks().size(); i++) {
            ready.add(new CompletableFuture<>());
            done.add(new CompletableFuture<>());
        }
        for (Rank rank : group.ranks()) {
            List<Copy> mine = copies.stream().filter(c -> c.target() == rank.index()).toList();
            Set<Integer> sources = new HashSet<>();
            Set<Integer> targets = new HashSet<>();
            for (Copy copy : copies) {
                if (copy.remote() && copy.target() == rank.index()) {
                    sources.add(copy.source());
                }
                if (copy.remote() && copy.source() == rank.index()) {
                    targets.add(copy.target());
                }
            }
            if (mine.isEmpty() && targets.isEmpty()) {
                continue;
            }
            rank.ask(() -> {
                Link link = rank.link();
                if (!targets.isEmpty()) {
                    ready.get(rank.index()).complete(link.mark());
                }
                for (int source : sources) {
                    link.await(rank.await(ready.get(source), group.ranks().get(source)));
                }
                mine.forEach(copy -> copy.run(link));
                if (!sources.isEmpty()) {
                    done.get(rank.index()).complete(link.mark());
                }
                for (int target : targets) {
                    link.await(rank.await(done.get(target), group.ranks().get(target)));
                }
                return true;
            });
        }
    }
}
