package org.svgen.server.store.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.svgen.server.job.JobId;

/** A transaction under way, or a read: statements, the time, and which jobs it changes. */
final class Tx {
    private final Connection connection;
    private final Dialect dialect;
    private final Set<JobId> changed = new LinkedHashSet<>();
    private boolean ordered;
    private boolean touched;
    private long now = -1;

    Tx(Connection connection, Dialect dialect) {
        this.connection = connection;
        this.dialect = dialect;
    }

    Dialect dialect() {
        return dialect;
    }

    /** Milliseconds since 1970, the same throughout a transaction. */
    long now() throws SQLException {
        if (now < 0) {
            now = dialect.now(this);
        }
        return now;
    }

    /** See {@link Dialect#inOrder}; once is enough. */
    void inOrder() throws SQLException {
        if (!ordered) {
            ordered = true;
            dialect.inOrder(this);
        }
    }

    /** Whoever watches the store hears of this job once the transaction is committed. */
    void changed(JobId id) {
        changed.add(id);
    }

    Set<JobId> changed() {
        return changed;
    }

    /** Something changed that workers wait for, and that is not a job. */
    void touched() {
        touched = true;
    }

    boolean isTouched() {
        return touched;
    }

    /** Runs a statement, and returns how many rows it changed. */
    int update(String sql, @Nullable Object... arguments) throws SQLException {
        try (PreparedStatement statement = prepared(sql, arguments)) {
            return statement.executeUpdate();
        }
    }

    <T> List<T> rows(String sql, Row.Reader<T> reader, @Nullable Object... arguments)
            throws SQLException {
        List<T> rows = new ArrayList<>();
        try (PreparedStatement statement = prepared(sql, arguments);
                ResultSet result = statement.executeQuery()) {
            Row row = new Row(result);
            while (result.next()) {
                rows.add(reader.read(row));
            }
        }
        return rows;
    }

    /** The first row, if there is one. */
    <T> Optional<T> row(String sql, Row.Reader<T> reader, @Nullable Object... arguments)
            throws SQLException {
        return rows(sql, reader, arguments).stream().findFirst();
    }

    /** The column {@code n} of the first row; 0 if there is none. */
    long number(String sql, @Nullable Object... arguments) throws SQLException {
        return row(sql, row -> row.number("n"), arguments).orElse(0L);
    }

    private PreparedStatement prepared(String sql, @Nullable Object... arguments)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        try {
            for (int i = 0; i < arguments.length; i++) {
                statement.setObject(i + 1, value(arguments[i]));
            }
            return statement;
        } catch (SQLException | RuntimeException e) {
            statement.close();
            throw e;
        }
    }

    private static @Nullable Object value(@Nullable Object argument) {
        return switch (argument) {
            case null -> null;
            case Optional<?> optional -> optional.map(Tx::value).orElse(null);
            case OptionalLong optional -> optional.isPresent() ? optional.getAsLong() : null;
            case OptionalInt optional -> optional.isPresent() ? (long) optional.getAsInt() : null;
            case Integer whole -> (long) whole;
            case Boolean flag -> flag ? 1L : 0L;
            case JobId id -> id.value();
            default -> argument;
        };
    }
}
