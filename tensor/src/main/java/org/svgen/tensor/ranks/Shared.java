package org.svgen.tensor.ranks;

import java.lang.foreign.Arena;
import java.util.function.Consumer;
import org.svgen.tensor.Tensor;

/** Lends host memory of one thread to others. */
final class Shared {
    /** Like any thread but the caller's. */
    private static final Thread OTHER = Thread.ofPlatform().unstarted(() -> {});

    private Shared() {}

    /** Lets {@code work} read a tensor; it ends with its threads' work. */
    static void reading(Tensor host, Consumer<Tensor> work) {
        if (host.host().isAccessibleBy(OTHER)) {
            work.accept(host);
            return;
        }
        try (Arena arena = Arena.ofShared()) {
            Tensor copy = Tensor.zeros(arena, host.dtype(), host.shape().dims());
            copy.host().copyFrom(host.host());
            work.accept(copy);
        }
    }

    /** Lets {@code work} write a tensor; it ends with its threads' work. */
    static void writing(Tensor host, Consumer<Tensor> work) {
        if (host.host().isAccessibleBy(OTHER)) {
            work.accept(host);
            return;
        }
        try (Arena arena = Arena.ofShared()) {
            Tensor there = Tensor.zeros(arena, host.dtype(), host.shape().dims());
            work.accept(there);
            host.host().copyFrom(there.host());
        }
    }
}
