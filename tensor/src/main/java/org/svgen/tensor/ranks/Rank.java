package org.svgen.tensor.ranks;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Lease;
import org.svgen.tensor.device.Link;

/**
 * One device and its thread, which does what it is asked for in order. A thread that was given up
 * may never come back, so it keeps no program alive.
 */
final class Rank {
    private static final int MOST_WAITING = 1 << 14; // tasks that the program is ahead

    private final int index;
    private final String name;
    private final Group group;
    private final Thread thread;
    private final BlockingQueue<Runnable> queue = new LinkedBlockingQueue<>(MOST_WAITING);
    private final Backend backend;
    private final Link link;
    private volatile long beat = System.nanoTime();

    /** Takes the backend over. */
    Rank(int index, Group group, Backend backend) {
        this.index = index;
        this.group = group;
        this.backend = backend;
        this.link = backend.link().orElseThrow();
        this.name = "rank %d (%s)".formatted(index, backend.name());
        this.thread = Thread.ofPlatform().daemon().name("svgen-rank-" + index).start(this::serve);
    }

    int index() {
        return index;
    }

    Backend backend() {
        return backend;
    }

    /** For its own thread. */
    Link link() {
        return link;
    }

    /** For people. */
    @Override
    public String toString() {
        return name;
    }

    /** When it last gave a sign of life, as {@link System#nanoTime}. */
    long beat() {
        return beat;
    }

    /** A sign of life, which work gives often; ends it where another rank has failed. */
    void alive() {
        beat = System.nanoTime();
        group.requireGoing();
    }

    /** Does this behind all that it was asked for. */
    <T> CompletableFuture<T> ask(Supplier<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Runnable task =
                () -> {
                    try {
                        alive();
                        result.complete(work.get());
                    } catch (Throwable e) {
                        group.failed(this, e);
                        result.completeExceptionally(e);
                    }
                };
        group.put(this, queue, task);
        return result;
    }

    /** Waits, on this rank's thread, for what another rank's thread gives. */
    <T> T await(CompletableFuture<T> given, Rank other) {
        return group.await(given, other, this::alive);
    }

    private void serve() {
        try (Lease _ = backend.lease(this::alive)) {
            while (!group.ended()) {
                queue.take().run();
                beat = System.nanoTime();
            }
        } catch (InterruptedException e) {
            return; // given up
        }
        backend.close();
    }

    /** Waits until its thread has ended, at most so many milliseconds. */
    boolean ends(long millis) {
        try {
            thread.join(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }

    void giveUp() {
        thread.interrupt();
    }
}
