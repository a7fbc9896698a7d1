package org.svgen.server.store.sql;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.server.store.JobStore;
import org.svgen.server.store.StoreSettings;

class SqliteQueueTest extends QueueContract {
    @TempDir Path folder;

    @Override
    JobStore open() {
        return JobStores.sqlite(folder, StoreSettings.plain());
    }

    /** Whoever opens the folder knows that all earlier workers are dead. */
    @Override
    void loseWorkers() {
        reopen();
    }
}
