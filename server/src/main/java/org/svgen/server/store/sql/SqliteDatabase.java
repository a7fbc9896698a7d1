package org.svgen.server.store.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import org.svgen.server.job.JobId;
import org.svgen.server.store.JobStore.Watch;
import org.svgen.server.store.StoreException;

/** One connection that writes, behind a lock, and a few that read. */
final class SqliteDatabase implements Database {
    private static final int READERS = 4;
    private static final long CLOSE_SECONDS = 5;

    private final DataFolder folder;
    private final Connection writer;
    private final BlockingQueue<Connection> readers = new ArrayBlockingQueue<>(READERS);
    private final SqliteDialect dialect;
    private final DoubleConsumer commitSeconds;
    private final Watchers watchers = new Watchers();
    private final ReentrantLock lock = new ReentrantLock(true);
    private volatile boolean closed;

    SqliteDatabase(
            DataFolder folder, SqliteFile file, SqliteDialect dialect, DoubleConsumer commitSeconds)
            throws SQLException {
        this.folder = folder;
        this.dialect = dialect;
        this.commitSeconds = commitSeconds;
        this.writer = file.writer();
        for (int i = 0; i < READERS; i++) {
            readers.add(file.reader());
        }
    }

    @Override
    public <T> T write(Work<T> work) {
        Tx tx = new Tx(writer, dialect);
        T result;
        lock.lock();
        try {
            checkOpen();
            result = transaction(tx, work);
        } catch (SQLException e) {
            throw Failures.of(e);
        } finally {
            lock.unlock();
        }
        watchers.tell(tx.changed());
        return result;
    }

    private <T> T transaction(Tx tx, Work<T> work) throws SQLException {
        SqliteFile.run(writer, "BEGIN IMMEDIATE");
        try {
            T result = work.run(tx);
            long start = System.nanoTime();
            SqliteFile.run(writer, "COMMIT");
            commitSeconds.accept((System.nanoTime() - start) / 1e9);
            return result;
        } catch (SQLException | RuntimeException | Error e) {
            rollBack();
            throw e;
        }
    }

    /** Some failures have done it already. */
    private void rollBack() {
        try {
            SqliteFile.run(writer, "ROLLBACK");
        } catch (SQLException e) {
            // There is no transaction any more.
        }
    }

    @Override
    public <T> T read(Work<T> work) {
        Connection reader = taken();
        try {
            return work.run(new Tx(reader, dialect));
        } catch (SQLException e) {
            throw Failures.of(e);
        } finally {
            readers.add(reader);
        }
    }

    private Connection taken() {
        boolean interrupted = false;
        try {
            while (true) {
                checkOpen();
                try {
                    Connection reader = readers.poll(100, TimeUnit.MILLISECONDS);
                    if (reader != null) {
                        return reader;
                    }
                } catch (InterruptedException e) {
                    interrupted = true; // a read is short
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new StoreException("the store of jobs is closed", null);
        }
    }

    @Override
    public Watch watch(Consumer<JobId> listener) {
        return watchers.watch(listener);
    }

    @Override
    public long news() {
        return watchers.news();
    }

    @Override
    public void awaitNews(long known, Duration longest) throws InterruptedException {
        watchers.await(known, longest);
    }

    /** What is written goes into the one file; the next start has nothing to make up for. */
    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            for (Connection reader : atRest()) {
                reader.close();
            }
            SqliteFile.run(writer, "PRAGMA wal_checkpoint(TRUNCATE)");
            writer.close();
        } catch (SQLException e) {
            // All that was committed is in the log beside the file: the next start reads it.
        } finally {
            lock.unlock();
            folder.close();
            watchers.wake();
        }
    }

    /** Connections whose reads are done; one that hangs is left to the end of the process. */
    private List<Connection> atRest() {
        List<Connection> all = new ArrayList<>();
        boolean interrupted = false;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(CLOSE_SECONDS);
        while (all.size() < READERS && System.nanoTime() < end) {
            try {
                Connection reader = readers.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (reader != null) {
                    all.add(reader);
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return all;
    }
}
