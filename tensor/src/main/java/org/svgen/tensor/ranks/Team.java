package org.svgen.tensor.ranks;

import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Storage;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Op;

/** What operations of several ranks are done with: the ranks, and memory for what passes. */
final class Team {
    static final long ALIGNMENT = 256;

    private final Group group;
    private final boolean waits;
    private @Nullable RankStorage scratch;

    /**
     * @param waits whether operands are the program's own memory, which may end behind a call
     */
    Team(Group group, boolean waits) {
        this.group = group;
        this.waits = waits;
    }

    Group group() {
        return group;
    }

    int size() {
        return group.ranks().size();
    }

    /** Lets each rank do its operations. */
    void run(IntFunction<List<? extends Op>> operations) {
        for (Rank rank : group.ranks()) {
            List<? extends Op> mine = operations.apply(rank.index());
            if (!mine.isEmpty()) {
                rank.ask(() -> {
                    for (Op op : mine) {
                        rank.backend().ops().run(op.on(t -> RankStorage.local(t, rank.index())));
                    }
                    return true;
                });
            }
        }
    }

    /** The end of an operation. */
    void finish() {
        if (waits) {
            group.all(rank -> true);
        }
    }

    /** Memory that the next caller may have too: it follows in the order of the operations. */
    RankStorage scratch(long bytes) {
        RankStorage there = scratch;
        if (there != null && there.byteSize() >= bytes) {
            return there;
        }
        forget();
        RankStorage made = allocate(bytes);
        scratch = made;
        return made;
    }

    /** Gives the memory back. */
    void forget() {
        RankStorage there = scratch;
        if (there != null) {
            scratch = null;
            release(there);
        }
    }

    RankStorage allocate(long bytes) {
        var asked = group.asked(rank -> rank.backend().allocate(bytes));
        try {
            return new RankStorage(group.results(asked), false);
        } catch (RuntimeException | Error e) {
            for (int i = 0; i < asked.size() && !group.lost(); i++) {
                if (asked.get(i).isDone() && !asked.get(i).isCompletedExceptionally()) {
                    Storage taken = asked.get(i).join();
                    Rank rank = group.ranks().get(i);
                    group.of(
                            rank,
                            () -> {
                                rank.backend().release(taken);
                                return true;
                            });
                }
            }
            throw e;
        }
    }

    /** What a lost group has stays where it is. */
    void release(RankStorage storage) {
        if (!group.lost()) {
            group.all(rank -> {
                rank.backend().release(storage.of(rank.index()));
                return true;
            });
        }
    }

    /** A tensor in scratch. */
    static Tensor within(RankStorage storage, long offset, DType dtype, long... dims) {
        return new Tensor(dtype, Shape.of(dims), storage, offset);
    }

    static long aligned(long bytes) {
        return Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
    }
}
