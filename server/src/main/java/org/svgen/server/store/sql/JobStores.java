package org.svgen.server.store.sql;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
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

    /**
     * Opens a store that processes on several machines share, or makes its tables.
     *
     * @param url {@code postgres://USER:PASSWORD@HOST:PORT/DATABASE}, perhaps with parameters of
     *     the PostgreSQL driver behind a question mark; without a password, the driver looks into
     *     {@code ~/.pgpass}
     * @param settings what it is opened with; its clock is not used
     * @return the store
     * @throws BadInputException if the URL is none, the database refuses the user, or its store is
     *     of a newer svgen; the message does not hold the password
     * @throws StoreException if the database cannot be reached, or does not work
     */
    public static JobStore postgres(String url, StoreSettings settings) {
        Objects.requireNonNull(url, "url");
        Objects.requireNonNull(settings, "settings");
        return PostgresOpening.open(PostgresUrl.parse(url), settings);
    }

    /**
     * Opens the store that an operator has named, or that of this machine.
     *
     * @param url as {@link #postgres} takes it; none for the store of this machine
     * @param folder as {@link #sqlite} takes it
     * @param settings what it is opened with
     * @return the store
     * @throws BadInputException as those do
     * @throws StoreException as those do
     */
    public static JobStore open(Optional<String> url, Path folder, StoreSettings settings) {
        Objects.requireNonNull(url, "url");
        return url.isPresent() ? postgres(url.get(), settings) : sqlite(folder, settings);
    }
}
