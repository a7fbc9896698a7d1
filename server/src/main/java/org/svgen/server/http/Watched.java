package org.svgen.server.http;

import io.helidon.common.concurrency.limits.Limit;
import io.helidon.webserver.spi.ServerConnection;
import java.time.Duration;
import java.util.Optional;

/**
 * A connection that knows what it waits for. The server asks each for how long it has been idle,
 * and closes those that have been for too long. Its own connections count as busy as soon as a
 * request has begun, so that half a request head would hold one for ever. Here a connection is idle
 * from its opening, or from the end of the last answer, until the next request has reached its
 * handler; and from the moment on when a body or a reader is slower than it may be.
 */
final class Watched implements ServerConnection {
    private static final ScopedValue<Watched> CURRENT = ScopedValue.newInstance();

    /** Longer than any limit. */
    private static final Duration OVERDUE = Duration.ofDays(1);

    private final ServerConnection connection;
    private final Duration idle;
    private volatile boolean handling;
    private volatile long idleSince = System.nanoTime();

    /** When what the handler waits for must have come, by {@link System#nanoTime}; 0 for never. */
    private volatile long deadline;

    /**
     * @param idle how long it may be silent
     */
    Watched(ServerConnection connection, Duration idle) {
        this.connection = connection;
        this.idle = idle;
    }

    /** The connection whose thread this is; none in tests without a server. */
    static Optional<Watched> current() {
        return CURRENT.isBound() ? Optional.of(CURRENT.get()) : Optional.empty();
    }

    /** A request has reached its handler. */
    void begin() {
        handling = true;
    }

    /** Its answer has been sent. */
    void end() {
        deadline = 0;
        idleSince = System.nanoTime();
        handling = false;
    }

    /** There is no other request on it: the library goes on reading, whatever its answer said. */
    void endsWithThisAnswer() {
        connection.close(false);
    }

    /** The handler waits for the client, which has so long. */
    void waits(Duration longest) {
        long at = System.nanoTime() + longest.toNanos();
        deadline = at == 0 ? 1 : at;
    }

    /** The handler waits no more. */
    void goesOn() {
        deadline = 0;
    }

    @Override
    public void handle(Limit limit) throws InterruptedException {
        ScopedValue.where(CURRENT, this)
                .<Void, InterruptedException>call(() -> {
                    connection.handle(limit);
                    return null;
                });
    }

    @Override
    public Duration idleTime() {
        if (!handling) {
            return Duration.ofNanos(System.nanoTime() - idleSince);
        }
        return isOverdue() ? OVERDUE : Duration.ZERO;
    }

    private boolean isOverdue() {
        long at = deadline;
        return at != 0 && System.nanoTime() - at > 0;
    }

    /**
     * @param interrupt whether what is under way ends too: the server asks for that at its own end
     */
    @Override
    public void close(boolean interrupt) {
        connection.close(interrupt || isOverdue() || idleTime().compareTo(idle) > 0);
    }
}
