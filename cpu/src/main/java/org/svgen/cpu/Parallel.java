package org.svgen.cpu;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs numbered tasks on a fixed pool of daemon threads and the calling one. How work is cut into
 * tasks must not depend on the number of threads: then neither do results.
 *
 * <p>Each thread begins with a share of its own, the same part of all tasks in every run, so that
 * it finds in its caches what it wrote the run before; then it helps the others.
 */
final class Parallel implements AutoCloseable {
    /** Elements of 4 bytes that keep what two threads write off each other's cache lines. */
    static final int APART = 32;

    private static final int SPINS = 2000;
    private static final long NANOS_BETWEEN_QUESTIONS = 10_000_000;

    private final int threads;
    private final Runnable asked;
    private final BlockingQueue<Job> queue = new LinkedBlockingQueue<>();
    private final Thread[] workers;

    Parallel(int threads) {
        this(threads, () -> {});
    }

    /**
     * @param asked now and then by the thread that called {@link #run}, between tasks; throws to
     *     leave out those that have not begun
     */
    Parallel(int threads, Runnable asked) {
        this.threads = Math.max(1, threads);
        this.asked = asked;
        workers = new Thread[this.threads - 1];
        for (int i = 0; i < workers.length; i++) {
            int share = i + 1;
            workers[i] =
                    Thread.ofPlatform().daemon().name("svgen-cpu-" + i).start(() -> serve(share));
        }
    }

    int threads() {
        return threads;
    }

    /** True if all threads may touch {@code segment}. */
    boolean canRead(MemorySegment segment) {
        return workers.length == 0 || segment.isAccessibleBy(workers[0]);
    }

    /** Calls {@code body} with 0, 1, ... {@code tasks - 1}, each once, in any order. */
    void run(int tasks, IntConsumer body) {
        int helpers = Math.min(workers.length, tasks - 1);
        Job job = new Job(tasks, helpers + 1, body, Thread.currentThread());
        for (int i = 0; i < helpers; i++) {
            queue.add(job);
        }
        long[] last = {System.nanoTime()};
        job.work(
                0,
                () -> {
                    long now = System.nanoTime();
                    if (now - last[0] > NANOS_BETWEEN_QUESTIONS) {
                        last[0] = now;
                        asked.run();
                    }
                });
        job.await();
    }

    /** Cuts {@code 0..n} into ranges of {@code grain} (the last may be shorter). */
    void ranges(long n, int grain, Range body) {
        int tasks = Math.toIntExact(Math.ceilDiv(n, grain));
        run(
                tasks,
                i -> {
                    long from = (long) i * grain;
                    body.accept(from, (int) Math.min(grain, n - from));
                });
    }

    /** Ends the threads and waits until they have ended. */
    @Override
    public void close() {
        for (Thread worker : workers) {
            worker.interrupt();
        }
        boolean interrupted = false;
        for (Thread worker : workers) {
            while (worker.isAlive()) {
                try {
                    worker.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(int share) {
        try {
            while (true) {
                next().work(share, () -> {});
            }
        } catch (InterruptedException e) {
            // close() asked this thread to end.
        }
    }

    /**
     * The next job, awaited actively at first: one operation follows the other, and waking is slow.
     */
    private Job next() throws InterruptedException {
        for (int spin = 0; spin < SPINS; spin++) {
            Job job = queue.poll();
            if (job != null) {
                return job;
            }
            Thread.onSpinWait();
        }
        return queue.take();
    }

    /** Work on {@code count} items that begin at {@code from}. */
    @FunctionalInterface
    interface Range {
        void accept(long from, int count);
    }

    private static final class Job {
        private final int tasks;
        private final int shares;
        private final IntConsumer body;
        private final Thread caller;
        private final AtomicIntegerArray begun; // tasks of each share, APART, and failed attempts
        private final AtomicInteger done = new AtomicInteger();
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

        Job(int tasks, int shares, IntConsumer body, Thread caller) {
            this.tasks = tasks;
            this.shares = shares;
            this.body = body;
            this.caller = caller;
            begun = new AtomicIntegerArray((shares + 1) * APART);
        }

        /**
         * Does what is left of share {@code own}, then of the others; throws nothing. That a mapped
         * file cannot be read HotSpot may report it only behind the task that read it, at the end
         * of any loop here; then the rest is gone through once more.
         */
        void work(int own, Runnable between) {
            boolean through = false;
            while (!through) {
                try {
                    for (int i = 0; i < shares; i++) {
                        workOn((own + i) % shares, between);
                    }
                    through = true;
                } catch (Throwable t) {
                    failure.compareAndSet(null, t);
                }
            }
        }

        private void workOn(int share, Runnable between) {
            int first = first(share);
            int count = first(share + 1) - first;
            int counter = (share + 1) * APART;
            for (int i = begun.getAndIncrement(counter);
                    i < count;
                    i = begun.getAndIncrement(counter)) {
                try {
                    if (failure.get() == null) {
                        between.run();
                        body.accept(first + i);
                    }
                } catch (Throwable t) {
                    failure.compareAndSet(null, t);
                } finally {
                    if (done.incrementAndGet() == tasks) {
                        LockSupport.unpark(caller);
                    }
                }
            }
        }

        private int first(int share) {
            return (int) ((long) tasks * share / shares);
        }

        void await() {
            boolean over = false;
            while (!over) {
                try {
                    awaitAll();
                    over = true;
                } catch (Throwable t) {
                    failure.compareAndSet(null, t);
                }
            }
            switch (failure.get()) {
                case null -> {}
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                case Throwable t -> throw new IllegalStateException(t);
            }
        }

        private void awaitAll() {
            for (int spin = 0; done.get() < tasks; spin++) {
                if (spin < SPINS) {
                    Thread.onSpinWait();
                } else {
                    LockSupport.park(this);
                }
            }
        }
    }
}
