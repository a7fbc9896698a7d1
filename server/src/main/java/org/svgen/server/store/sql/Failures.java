package org.svgen.server.store.sql;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.svgen.server.store.StoreException;

/** What databases say, in words that may be shown: no statements, addresses or passwords. */
final class Failures {
    private static final int SQLITE_BUSY = 5;
    private static final int SQLITE_FULL = 13;

    private Failures() {}

    static StoreException of(SQLException e) {
        return new StoreException("the store of jobs cannot be used now: " + reason(e), e);
    }

    private static String reason(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        if (state.startsWith("08") || state.startsWith("57P")) {
            return "the database cannot be reached";
        }
        if (e instanceof SQLTransientConnectionException) {
            return "the database cannot be reached, or all connections to it are in use";
        }
        if (state.startsWith("53")) {
            return "the database is out of space or connections";
        }
        return switch (e.getErrorCode() & 0xff) {
            case SQLITE_BUSY -> "another program holds its file";
            case SQLITE_FULL -> "the disk is full";
            default -> "the database answers with an error";
        };
    }
}
