package org.svgen.server.store.sql;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.svgen.files.Reasons;
import org.svgen.server.store.JobStore;
import org.svgen.server.store.StoreSettings;
import org.svgen.tensor.BadInputException;

/** Opens the store of a data folder: it is looked over, and brought up to date. */
final class SqliteOpening {
    static final String STEPS = "classpath:org/svgen/server/store/sqlite";

    private static final String NAME = "jobs.db";

    private final StoreSettings settings;
    private final String[] steps;

    SqliteOpening(StoreSettings settings, String... steps) {
        this.settings = settings;
        this.steps = steps;
    }

    JobStore open(Path path) {
        DataFolder folder = DataFolder.open(path);
        try {
            SqliteFile file = new SqliteFile(folder.path().resolve(NAME));
            prepare(file);
            SqliteDialect dialect = new SqliteDialect(settings.clock(), session(file));
            return new SqlJobStore(
                    new SqliteDatabase(folder, file, dialect, settings.commitSeconds()));
        } catch (SQLException e) {
            folder.close();
            throw Failures.of(e);
        } catch (RuntimeException | Error e) {
            folder.close();
            throw e;
        }
    }

    private void prepare(SqliteFile file) throws SQLException {
        boolean isNew = Files.notExists(file.path());
        if (!isNew) {
            checkWhole(file);
            if (steps.length == 1 && Migrations.isLatest(file.source())) {
                return;
            }
        }
        Migrations migrations = new Migrations(file.source(), file.path().toString(), steps);
        Optional<String> outdated = migrations.outdated();
        if (outdated.isPresent()) {
            if (!isNew) {
                copy(file, outdated.get());
            }
            migrations.migrate();
        }
    }

    private static void checkWhole(SqliteFile file) {
        String found;
        try (Connection connection = file.writer()) {
            found = SqliteFile.check(connection);
        } catch (SQLException e) {
            found = Reasons.of(e);
        }
        found = found.replaceAll("\\R", " ");
        if (!found.equals("ok")) {
            throw new BadInputException(
                    "%s: the store of jobs is damaged (%s): put a copy of it in its place, or name another data folder"
                            .formatted(file.path(), found));
        }
    }

    /** Beside the file, as it was before the migration; a copy that is there already is kept. */
    private static void copy(SqliteFile file, String version) throws SQLException {
        Path copy = file.path().resolveSibling("%s.v%s".formatted(NAME, version));
        Path unfinished = copy.resolveSibling(copy.getFileName() + ".tmp");
        if (Files.exists(copy)) {
            return;
        }
        try (Connection connection = file.writer()) {
            Files.deleteIfExists(unfinished);
            SqliteFile.run(
                    connection,
                    "VACUUM INTO '%s'".formatted(unfinished.toString().replace("'", "''")));
            Files.move(unfinished, copy);
        } catch (IOException e) {
            throw new BadInputException(
                    "%s: it cannot be copied before its schema changes (%s)"
                            .formatted(file.path(), Reasons.of(e)),
                    e);
        }
    }

    private static long session(SqliteFile file) throws SQLException {
        try (Connection connection = file.writer()) {
            return SqliteFile.number(
                            connection,
                            "INSERT INTO setting (name, value) VALUES ('session', 1)"
                                    + " ON CONFLICT (name) DO UPDATE SET value = setting.value + 1"
                                    + " RETURNING value")
                    .orElseThrow();
        }
    }
}
