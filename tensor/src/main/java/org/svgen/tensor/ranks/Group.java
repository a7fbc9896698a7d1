package org.svgen.tensor.ranks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.OutOfDeviceMemoryException;
import org.svgen.tensor.StoppedException;
import org.svgen.tensor.SvgenException;
import org.svgen.tensor.device.Backend;

/**
 * Ranks that work together, and the program that asks them. What fails in one of them ends the work
 * of all, and is thrown to the program. One that gives no sign of life while others wait for it is
 * lost, and the group with it. So nothing waits for ever.
 */
final class Group {
    private static final long MILLIS_BETWEEN_LOOKS = 10;

    private final List<Rank> ranks = new ArrayList<>();
    private final Runnable asked; // of the program; throws to end the work
    private final long patience; // nanoseconds
    private volatile @Nullable Failure failure;
    private volatile boolean lost;
    private volatile boolean ended;

    private record Failure(Rank rank, Throwable cause) {}

    Group(List<Backend> backends, Duration patience, Runnable asked) {
        this.asked = asked;
        this.patience = patience.toNanos();
        for (int i = 0; i < backends.size(); i++) {
            ranks.add(new Rank(i, this, backends.get(i)));
        }
    }

    List<Rank> ranks() {
        return ranks;
    }

    boolean lost() {
        return lost;
    }

    boolean ended() {
        return ended;
    }

    /** Ends work whose results nobody wants any more. */
    void requireGoing() {
        if (failure != null) {
            throw new StoppedException("another rank has failed");
        }
    }

    synchronized void failed(Rank rank, Throwable cause) {
        if (failure == null) {
            failure = new Failure(rank, cause);
        }
    }

    /** Waits while the rank has too much to do. */
    void put(Rank rank, BlockingQueue<Runnable> queue, Runnable task) {
        while (!offered(queue, task)) {
            requireAlive(rank, System.nanoTime());
            if (lost) {
                throw explained();
            }
            if (failure == null) {
                askProgram();
            }
        }
    }

    private static boolean offered(BlockingQueue<Runnable> queue, Runnable task) {
        try {
            return queue.offer(task, MILLIS_BETWEEN_LOOKS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return queue.offer(task);
        }
    }

    /** Lets all ranks do something, and waits until each has. */
    <T> List<T> all(Function<Rank, T> work) {
        return results(asked(work));
    }

    /** Lets all ranks do something; {@link #results} waits for it. */
    <T> List<CompletableFuture<T>> asked(Function<Rank, T> work) {
        requireAll();
        List<CompletableFuture<T>> results = new ArrayList<>();
        for (Rank rank : ranks) {
            results.add(rank.ask(() -> work.apply(rank)));
        }
        return results;
    }

    /** Lets one rank do something, and waits for that. */
    <T> T of(Rank rank, Supplier<T> work) {
        requireAll();
        CompletableFuture<T> result = rank.ask(work);
        T value = await(result, rank, this::askProgram);
        requireAll();
        return value;
    }

    /** Waits for the results of all ranks, of which none may come late by more than patience. */
    <T> List<T> results(List<CompletableFuture<T>> asked) {
        for (int i = 0; i < asked.size(); i++) {
            long first = 0;
            while (!asked.get(i).isDone() && failure == null) {
                pause(asked.get(i));
                askProgram();
                long now = System.nanoTime();
                if (first == 0 && asked.stream().anyMatch(CompletableFuture::isDone)) {
                    first = now;
                }
                if (first != 0 && now - first > patience) {
                    requireAlive(ranks.get(i), now);
                }
            }
        }
        requireAll();
        return asked.stream().map(CompletableFuture::join).toList();
    }

    /** As below, on the program's thread. */
    <T> T await(CompletableFuture<T> given, Rank by) {
        return await(given, by, this::askProgram);
    }

    /**
     * Waits for what a rank gives, unless that fails or the rank gives no sign of life.
     *
     * @param meanwhile asked now and then; throws to end the waiting
     */
    <T> T await(CompletableFuture<T> given, Rank by, Runnable meanwhile) {
        long begin = System.nanoTime();
        while (!given.isDone()) {
            pause(given);
            meanwhile.run();
            long now = System.nanoTime();
            if (now - begin > patience) {
                requireAlive(by, now);
            }
            if (failure != null) {
                break;
            }
        }
        if (given.isDone() && !given.isCompletedExceptionally()) {
            return given.join();
        }
        if (Thread.currentThread().getName().startsWith("svgen-rank-")) {
            throw new StoppedException("another rank has failed");
        }
        requireAll();
        throw new IllegalStateException("no result and no failure");
    }

    private static void pause(CompletableFuture<?> result) {
        try {
            result.get(MILLIS_BETWEEN_LOOKS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            // whoever waits looks at it
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void requireAlive(Rank rank, long now) {
        if (now - rank.beat() > patience) {
            lost = true;
            failed(
                    rank,
                    new RankException(
                            "no sign of life for %.1f s".formatted((now - rank.beat()) / 1e9),
                            null));
        }
    }

    private void askProgram() {
        try {
            asked.run();
        } catch (Throwable e) {
            failed(ranks.getFirst(), e);
            drain();
            throw e;
        }
    }

    /**
     * Throws what has failed, once all ranks have left their work.
     *
     * @throws RankException if the group is lost
     */
    void requireAll() {
        if (failure == null) {
            return;
        }
        RuntimeException thrown = explained();
        if (!lost) {
            drain();
        }
        throw thrown;
    }

    private RuntimeException explained() {
        Failure first = Objects.requireNonNull(failure);
        String text = "%s: %s".formatted(first.rank, first.cause.getMessage());
        return switch (first.cause) {
            case OutOfDeviceMemoryException e -> new OutOfDeviceMemoryException(text, e);
            case SvgenException e -> new RankException(text, e);
            case IllegalArgumentException e -> e;
            case IllegalStateException e -> e;
            case Error e -> throw e;
            default -> new RankException("%s: %s".formatted(first.rank, first.cause), first.cause);
        };
    }

    /** Waits until no rank has anything to do, then forgets what failed. */
    private void drain() {
        List<CompletableFuture<Boolean>> ends = new ArrayList<>();
        for (Rank rank : ranks) {
            ends.add(rank.ask(() -> true));
        }
        for (int i = 0; i < ends.size() && !lost; i++) {
            long begin = System.nanoTime();
            while (!ends.get(i).isDone() && !lost) {
                pause(ends.get(i));
                long now = System.nanoTime();
                if (now - begin > patience) {
                    requireAlive(ranks.get(i), now);
                }
            }
        }
        if (!lost) {
            failure = null;
        }
    }

    /** Ends all threads; those that do not answer are left behind, with their devices. */
    void close() {
        ended = true;
        for (Rank rank : ranks) {
            rank.ask(() -> true); // wakes it
        }
        for (Rank rank : ranks) {
            if (!rank.ends(lost ? 100 : patience / 1_000_000)) {
                rank.giveUp();
            }
        }
    }
}
