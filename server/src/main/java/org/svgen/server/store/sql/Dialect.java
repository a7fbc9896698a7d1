package org.svgen.server.store.sql;

import java.sql.SQLException;

/** In what the databases differ. */
interface Dialect {
    /** Milliseconds since 1970, by the clock that this store goes by. */
    long now(Tx tx) throws SQLException;

    /** What ends a query whose rows the transaction then changes. */
    String forUpdate();

    /** The same, where rows that others are about to change are left out. */
    String forUpdateOfFree();

    /**
     * Waits until no other transaction is between this call and its end. Whoever gives out numbers
     * that readers take as an order calls it first, so that a smaller one is never seen later. It
     * comes behind the locks of rows, or before all of them.
     */
    void inOrder(Tx tx) throws SQLException;

    /** A condition on jobs in progress: their workers are lost. It has one parameter. */
    String lost();

    /** The value of that parameter. */
    long lostLimit(Tx tx) throws SQLException;

    /** Numbers this opening of the store. */
    long session();
}
