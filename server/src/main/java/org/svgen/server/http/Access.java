package org.svgen.server.http;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.svgen.server.keys.Scope;

/** Who may use a route. */
enum Access {
    /** Everybody who reaches the service. */
    OPEN(null, false),
    /** Who may read videos. */
    READ(Scope.READ, false),
    /** Who may read videos, or has a ticket for the one that the path names. */
    READ_OR_TICKET(Scope.READ, true),
    /** Who may make videos. */
    VIDEOS(Scope.VIDEOS, false),
    /** Who may read metrics. */
    METRICS(Scope.METRICS, false),
    /** Who may do everything. */
    ADMIN(Scope.ADMIN, false);

    private final @Nullable Scope scope;
    private final boolean ticket;

    Access(@Nullable Scope scope, boolean ticket) {
        this.scope = scope;
        this.ticket = ticket;
    }

    Optional<Scope> scope() {
        return Optional.ofNullable(scope);
    }

    boolean takesTicket() {
        return ticket;
    }
}
