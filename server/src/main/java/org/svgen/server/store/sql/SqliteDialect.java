package org.svgen.server.store.sql;

import java.time.InstantSource;

/** SQLite on this machine: one transaction that writes at a time, in one process. */
record SqliteDialect(InstantSource clock, long session) implements Dialect {
    @Override
    public long now(Tx tx) {
        return clock.millis();
    }

    @Override
    public String forUpdate() {
        return "";
    }

    @Override
    public String forUpdateOfFree() {
        return "";
    }

    @Override
    public void inOrder(Tx tx) {}

    /** The folder is locked, so who claimed in an earlier session is dead; leases say nothing. */
    @Override
    public String lost() {
        return "session <> ?";
    }

    @Override
    public long lostLimit(Tx tx) {
        return session;
    }
}
