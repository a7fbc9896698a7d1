package org.svgen.server.store.sql;

import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Consumer;
import org.svgen.server.job.JobId;
import org.svgen.server.store.JobStore.Watch;
import org.svgen.server.store.StoreException;

/** Transactions, and news of them. */
interface Database extends AutoCloseable {
    /** What is done in a transaction. It may be done again if the first try failed. */
    @FunctionalInterface
    interface Work<T> {
        T run(Tx tx) throws SQLException;
    }

    /**
     * All of it is on the disk, or none.
     *
     * @throws StoreException if it could not be done
     */
    <T> T write(Work<T> work);

    /**
     * Sees what is committed.
     *
     * @throws StoreException if it could not be done
     */
    <T> T read(Work<T> work);

    /** Calls back for each job that a transaction changed. */
    Watch watch(Consumer<JobId> listener);

    /** Counts the news that came; see {@link #awaitNews}. */
    long news();

    /** Waits until there are more news than {@code known}, or the time is over. */
    void awaitNews(long known, Duration longest) throws InterruptedException;

    @Override
    void close();
}
