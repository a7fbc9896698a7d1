package org.svgen.server.store.sql;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.svgen.server.job.JobEvent;
import org.svgen.server.job.JobId;

/**
 * News of what any process has committed, by LISTEN and NOTIFY, on a connection of their own. What
 * is lost with that connection is made up for by the events since.
 */
final class Notices implements AutoCloseable {
    /** So often workers look whether there is work, and this whether an event was missed. */
    static final Duration POLL = Duration.ofSeconds(5);

    private static final String CHANNEL = "svgen_jobs";
    private static final long RECONNECT_MILLIS = 1000;
    private static final int CATCH_UP = 1000;

    private final PostgresUrl url;
    private final Watchers watchers = new Watchers();
    private final Thread thread;
    private volatile boolean closed;
    private long lastEvent;

    private Notices(PostgresUrl url, long lastEvent) {
        this.url = url;
        this.lastEvent = lastEvent;
        this.thread = Thread.ofVirtual().name("svgen-store-notices").unstarted(this::listen);
    }

    /** Tells of all that comes behind {@code lastEvent}. */
    static Notices start(PostgresUrl url, long lastEvent) {
        Notices notices = new Notices(url, lastEvent);
        notices.thread.start();
        return notices;
    }

    /** What the transaction changed, to all that listen, if it is committed. */
    static void send(Tx tx) throws SQLException {
        for (JobId id : tx.changed()) {
            notify(tx, id.value());
        }
        if (tx.isTouched()) {
            notify(tx, "");
        }
    }

    private static void notify(Tx tx, String payload) throws SQLException {
        tx.row("SELECT pg_notify(?, ?)", _ -> true, CHANNEL, payload);
    }

    Watchers watchers() {
        return watchers;
    }

    private void listen() {
        while (!closed) {
            try (Connection connection = DriverManager.getConnection(url.jdbc(), url.login())) {
                SqliteFile.run(connection, "LISTEN " + CHANNEL);
                catchUp(connection);
                while (!closed) {
                    receive(connection);
                }
            } catch (SQLException e) {
                sleep();
            }
        }
    }

    private void receive(Connection connection) throws SQLException {
        PGNotification[] news =
                connection.unwrap(PGConnection.class).getNotifications((int) POLL.toMillis());
        if (news == null || news.length == 0) {
            catchUp(connection);
            return;
        }
        Set<JobId> changed = new LinkedHashSet<>();
        for (PGNotification one : news) {
            JobId.parse(one.getParameter()).ifPresent(changed::add);
        }
        watchers.tell(changed);
        lastEvent = Events.last(tx(connection));
    }

    private void catchUp(Connection connection) throws SQLException {
        List<JobEvent> missed;
        do {
            missed = Events.ofAll(tx(connection), Optional.empty(), lastEvent, CATCH_UP);
            if (!missed.isEmpty()) {
                Set<JobId> changed = new LinkedHashSet<>();
                missed.forEach(event -> changed.add(event.job()));
                watchers.tell(changed);
                lastEvent = missed.getLast().id();
            }
        } while (missed.size() == CATCH_UP);
    }

    private static Tx tx(Connection connection) {
        return new Tx(connection, new PostgresDialect());
    }

    private void sleep() {
        if (!closed) {
            try {
                Thread.sleep(RECONNECT_MILLIS);
            } catch (InterruptedException e) {
                // It is to end.
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
