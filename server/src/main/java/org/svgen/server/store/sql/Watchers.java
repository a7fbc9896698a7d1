package org.svgen.server.store.sql;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.svgen.server.job.JobId;
import org.svgen.server.store.JobStore.Watch;

/** Who is told of changes, and who waits for them. */
final class Watchers {
    private final List<Consumer<JobId>> listeners = new CopyOnWriteArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private long news;

    Watch watch(Consumer<JobId> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    void tell(Collection<JobId> changed) {
        wake();
        for (Consumer<JobId> listener : listeners) {
            changed.forEach(listener);
        }
    }

    /** Something changed that is not a job. */
    void wake() {
        lock.lock();
        try {
            news++;
            more.signalAll();
        } finally {
            lock.unlock();
        }
    }

    long news() {
        lock.lock();
        try {
            return news;
        } finally {
            lock.unlock();
        }
    }

    void await(long known, Duration longest) throws InterruptedException {
        long nanos = TimeUnit.NANOSECONDS.convert(longest);
        lock.lockInterruptibly();
        try {
            while (news == known && nanos > 0) {
                nanos = more.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
        }
    }
}
