package org.svgen.server.store.sql;

import org.svgen.server.store.JobStore;

class PostgresQueueTest extends QueueContract {
    private final String url = PostgresServer.database();

    @Override
    JobStore open() {
        return PostgresServer.open(url);
    }

    @Override
    void loseWorkers() {
        PostgresServer.executeAt(url, "UPDATE job SET lease_until = 0 WHERE worker IS NOT NULL");
    }
}
