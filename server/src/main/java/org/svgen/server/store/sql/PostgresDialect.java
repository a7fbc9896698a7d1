package org.svgen.server.store.sql;

import java.sql.SQLException;

/** PostgreSQL, which several processes share: it has the clock, and leases tell who is lost. */
record PostgresDialect() implements Dialect {
    /** Any number, the same for all: "svgen" as bytes. */
    private static final long LOCK = 0x73_76_67_65_6eL;

    @Override
    public long now(Tx tx) throws SQLException {
        return tx.number("SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::bigint AS n");
    }

    @Override
    public String forUpdate() {
        return " FOR UPDATE";
    }

    @Override
    public String forUpdateOfFree() {
        return " FOR UPDATE SKIP LOCKED";
    }

    @Override
    public void inOrder(Tx tx) throws SQLException {
        tx.row("SELECT pg_advisory_xact_lock(?)", _ -> true, LOCK);
    }

    @Override
    public String lost() {
        return "lease_until < ?";
    }

    @Override
    public long lostLimit(Tx tx) throws SQLException {
        return tx.now();
    }

    @Override
    public long session() {
        return 0;
    }
}
