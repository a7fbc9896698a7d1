package org.svgen.server.store.sql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import java.sql.Connection;
import java.sql.SQLException;
import org.svgen.server.store.JobStore;
import org.svgen.server.store.StoreException;
import org.svgen.server.store.StoreSettings;
import org.svgen.tensor.BadInputException;

/** Opens a store in PostgreSQL, and brings its schema up to date; of several at once, one does. */
final class PostgresOpening {
    private static final String STEPS = "classpath:org/svgen/server/store/postgres";
    private static final int CONNECTIONS = 10;
    private static final long CONNECT_MILLIS = 5000;
    private static final String SOCKET_SECONDS = "30";

    private PostgresOpening() {}

    static JobStore open(PostgresUrl url, StoreSettings settings) {
        HikariDataSource pool = pool(url);
        try {
            if (!Migrations.isLatest(pool)) {
                Migrations migrations = new Migrations(pool, url.shown(), STEPS);
                if (migrations.outdated().isPresent()) {
                    migrations.migrate();
                }
            }
            Notices notices = Notices.start(url, lastEvent(pool));
            return new SqlJobStore(new PostgresDatabase(pool, notices, settings.commitSeconds()));
        } catch (SQLException e) {
            pool.close();
            throw Failures.of(e);
        } catch (RuntimeException | Error e) {
            pool.close();
            throw e;
        }
    }

    private static long lastEvent(HikariDataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            return Events.last(new Tx(connection, new PostgresDialect()));
        }
    }

    private static HikariDataSource pool(PostgresUrl url) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url.jdbc());
        config.setDataSourceProperties(url.login());
        config.addDataSourceProperty("ApplicationName", "svgen");
        config.addDataSourceProperty("tcpKeepAlive", "true");
        config.addDataSourceProperty("socketTimeout", SOCKET_SECONDS);
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(CONNECT_MILLIS);
        config.setPoolName("svgen-store");
        try {
            return new HikariDataSource(config);
        } catch (PoolInitializationException e) {
            throw refused(
                    url, e.getCause() instanceof SQLException cause ? cause : new SQLException(e));
        }
    }

    private static RuntimeException refused(PostgresUrl url, SQLException e) {
        String state = String.valueOf(e.getSQLState());
        if (state.startsWith("28")) {
            return new BadInputException(
                    url.shown() + ": the database refuses this user or password", e);
        }
        if (state.equals("3D000")) {
            return new BadInputException(url.shown() + ": there is no such database: make it", e);
        }
        return new StoreException(url.shown() + ": the database cannot be reached", e);
    }
}
