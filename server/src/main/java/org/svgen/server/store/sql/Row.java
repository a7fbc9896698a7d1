package org.svgen.server.store.sql;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** A row of a result, read by names of columns. */
final class Row {
    /** Makes a value of a row. */
    @FunctionalInterface
    interface Reader<T> {
        T read(Row row) throws SQLException;
    }

    private final ResultSet result;

    Row(ResultSet result) {
        this.result = result;
    }

    String text(String column) throws SQLException {
        return Objects.requireNonNull(result.getString(column), column);
    }

    Optional<String> optionalText(String column) throws SQLException {
        return Optional.ofNullable(result.getString(column));
    }

    long number(String column) throws SQLException {
        return result.getLong(column);
    }

    int count(String column) throws SQLException {
        return Math.toIntExact(result.getLong(column));
    }

    boolean flag(String column) throws SQLException {
        return result.getLong(column) != 0;
    }

    OptionalLong optionalNumber(String column) throws SQLException {
        long value = result.getLong(column);
        return result.wasNull() ? OptionalLong.empty() : OptionalLong.of(value);
    }

    OptionalInt optionalCount(String column) throws SQLException {
        long value = result.getLong(column);
        return result.wasNull() ? OptionalInt.empty() : OptionalInt.of(Math.toIntExact(value));
    }
}
