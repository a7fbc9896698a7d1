package org.svgen.server.store.sql;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import org.svgen.server.job.JobId;
import org.svgen.server.store.JobStore.Watch;
import org.svgen.server.store.StoreException;

/** A pool of connections, and one that listens to what other processes change. */
final class PostgresDatabase implements Database {
    private static final int ATTEMPTS = 3;

    private final HikariDataSource pool;
    private final Notices notices;
    private final DoubleConsumer commitSeconds;
    private final Dialect dialect = new PostgresDialect();

    PostgresDatabase(HikariDataSource pool, Notices notices, DoubleConsumer commitSeconds) {
        this.pool = pool;
        this.notices = notices;
        this.commitSeconds = commitSeconds;
    }

    @Override
    public <T> T write(Work<T> work) {
        for (int attempt = 1; ; attempt++) {
            try (Connection connection = connection()) {
                connection.setAutoCommit(false);
                return transaction(connection, work);
            } catch (SQLException e) {
                if (attempt == ATTEMPTS || !isLostRace(e)) {
                    throw Failures.of(e);
                }
            }
        }
    }

    /** Of two that wait for each other the database ends one, and leaves nothing of it. */
    private static boolean isLostRace(SQLException e) {
        return Set.of("40P01", "40001").contains(String.valueOf(e.getSQLState()));
    }

    private <T> T transaction(Connection connection, Work<T> work) throws SQLException {
        try {
            Tx tx = new Tx(connection, dialect);
            T result = work.run(tx);
            Notices.send(tx);
            long start = System.nanoTime();
            connection.commit();
            commitSeconds.accept((System.nanoTime() - start) / 1e9);
            return result;
        } catch (SQLException | RuntimeException | Error e) {
            rollBack(connection);
            throw e;
        }
    }

    private static void rollBack(Connection connection) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            // The connection is lost, and its transaction with it.
        }
    }

    @Override
    public <T> T read(Work<T> work) {
        try (Connection connection = connection()) {
            connection.setAutoCommit(true);
            return work.run(new Tx(connection, dialect));
        } catch (SQLException e) {
            throw Failures.of(e);
        }
    }

    private Connection connection() throws SQLException {
        if (pool.isClosed()) {
            throw new StoreException("the store of jobs is closed", null);
        }
        return pool.getConnection();
    }

    @Override
    public Watch watch(Consumer<JobId> listener) {
        return notices.watchers().watch(listener);
    }

    @Override
    public long news() {
        return notices.watchers().news();
    }

    @Override
    public void awaitNews(long known, Duration longest) throws InterruptedException {
        Duration poll = Notices.POLL; // for news that were lost
        notices.watchers().await(known, longest.compareTo(poll) < 0 ? longest : poll);
    }

    @Override
    public void close() {
        notices.close();
        pool.close();
        notices.watchers().wake();
    }
}
