package org.svgen.server.store.sql;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.svgen.server.store.StoreException;
import org.svgen.tensor.BadInputException;

/** The schema of a store: forward only, each step in one transaction. */
final class Migrations {
    /** The last step that there is: a store that is at it needs no look at all of them. */
    static final String LATEST = "2";

    private static final String TABLE = "schema_history";
    private static final List<MigrationState> NEWER =
            List.of(MigrationState.FUTURE_SUCCESS, MigrationState.FUTURE_FAILED);

    private final Flyway flyway;
    private final String store;

    /**
     * @param store as it is called in messages
     * @param locations folders on the class path that hold the steps
     */
    Migrations(DataSource source, String store, String... locations) {
        this.store = store;
        this.flyway =
                Flyway.configure(Migrations.class.getClassLoader())
                        .dataSource(source)
                        .locations(locations)
                        .table(TABLE)
                        .loggers("slf4j")
                        .load();
    }

    /** True if the last step was done, and none behind it. Much faster than all else here. */
    static boolean isLatest(DataSource source) {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet last =
                        statement.executeQuery(
                                "SELECT version, success FROM %s ORDER BY installed_rank DESC LIMIT 1"
                                        .formatted(TABLE))) {
            return last.next() && LATEST.equals(last.getString(1)) && last.getBoolean(2);
        } catch (SQLException e) {
            return false; // no such table yet; what else is wrong will be told later
        }
    }

    /**
     * What the store is at, if steps are missing that this version of svgen knows; empty if none
     * is.
     *
     * @throws BadInputException if the store is newer than this svgen
     */
    Optional<String> outdated() {
        MigrationInfo[] all = flyway.info().all();
        for (MigrationInfo info : all) {
            if (NEWER.contains(info.getState())) {
                throw new BadInputException(
                        "%s: a newer svgen has written it (schema %s; this one knows up to %s): use that version"
                                .formatted(store, info.getVersion(), newest(all)));
            }
        }
        MigrationInfo current = flyway.info().current();
        return flyway.info().pending().length == 0
                ? Optional.empty()
                : Optional.of(current == null ? "" : String.valueOf(current.getVersion()));
    }

    private static String newest(MigrationInfo[] all) {
        return Arrays.stream(all)
                .filter(info -> !NEWER.contains(info.getState()))
                .reduce((_, last) -> last)
                .map(info -> String.valueOf(info.getVersion()))
                .orElse("none");
    }

    /**
     * Does the missing steps.
     *
     * @throws StoreException if one fails; then the store is as it was before that step
     */
    void migrate() {
        try {
            flyway.migrate();
        } catch (FlywayException e) {
            throw new StoreException(
                    "%s: its schema cannot be brought up to date".formatted(store), e);
        }
    }
}
