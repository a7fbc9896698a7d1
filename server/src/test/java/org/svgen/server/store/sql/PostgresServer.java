package org.svgen.server.store.sql;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.svgen.server.store.JobStore;
import org.svgen.server.store.StoreSettings;

/** A real PostgreSQL for all tests of this JVM, which ends with it; each test has a database. */
public final class PostgresServer {
    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static EmbeddedPostgres server;
    private static String reason;

    private PostgresServer() {}

    /** Skips the test, and says why, where there is no PostgreSQL for this system. */
    private static synchronized EmbeddedPostgres server() {
        if (server == null && reason == null) {
            try {
                server = EmbeddedPostgres.builder().start();
            } catch (IOException | IllegalStateException e) {
                reason = "no PostgreSQL can be started here: " + e.getMessage();
            }
        }
        Assumptions.assumeTrue(server != null, () -> reason);
        return server;
    }

    /** The URL of a new database. */
    public static String database() {
        String name = "svgen" + DATABASES.incrementAndGet();
        execute("postgres", "CREATE DATABASE " + name);
        return url(name);
    }

    static String url(String database) {
        return "postgres://postgres@localhost:%d/%s".formatted(server().getPort(), database);
    }

    static void execute(String database, String sql) {
        try (Connection connection = server().getDatabase("postgres", database).getConnection()) {
            SqliteFile.run(connection, sql);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    static void executeAt(String url, String sql) {
        execute(url.substring(url.lastIndexOf('/') + 1), sql);
    }

    static JobStore open(String url) {
        return JobStores.postgres(url, StoreSettings.plain());
    }
}
