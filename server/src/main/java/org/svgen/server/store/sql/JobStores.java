package org.svgen.server.store.sql;

import java.nio.file.Path;
import java.util.Objects;
import org.svgen.server.store.JobStore;
import org.svgen.server.store.StoreException;
import org.svgen.server.store.StoreSettings;
import org.svgen.tensor.BadInputException;

/** Opens stores of jobs. */
public final class JobStores {
    private JobStores() {}

    /**
     * Opens the store of this machine, or makes it: SQLite, in a folder that no other process can
     * open until this one closes it or ends.
     *
     * @param folder where its file is, {@code jobs.db}; made if need be
     * @param settings what it is opened with
     * @return the store; jobs of an earlier process are found by {@link JobStore#recover}
     * @throws BadInputException if another process has the folder, it cannot be written, or its
     *     store is damaged or of a newer svgen
     * @throws StoreException if the database does not work
     */
    public static JobStore sqlite(Path folder, StoreSettings settings) {
        Objects.requireNonNull(folder, "folder");
        Objects.requireNonNull(settings, "settings");
        return new SqliteOpening(settings, SqliteOpening.STEPS).open(folder);
    }
}
