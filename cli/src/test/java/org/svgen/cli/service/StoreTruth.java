package org.svgen.cli.service;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * What is in a service's store, read beside the service.
 *
 * @param url of its database, as JDBC has it
 */
record StoreTruth(String url) {
    private static final String RUNS = "in_progress";

    /**
     * A row of a job.
     *
     * @param starts since it last came further
     * @param checkpoint the step that its checkpoint is behind; -1 without one
     */
    record Row(String id, String state, int attempts, int starts, int checkpoint) {
        boolean runs() {
            return state.equals(RUNS);
        }
    }

    static StoreTruth ofFolder(Path data) {
        return new StoreTruth(
                "jdbc:sqlite:" + data.resolve("jobs.db") + "?open_mode=1&busy_timeout=10000");
    }

    List<Row> jobs() {
        String sql =
                "SELECT id, state, attempts, starts, COALESCE(checkpoint_step, -1) FROM job ORDER"
                        + " BY seq";
        return query(
                sql,
                row ->
                        new Row(
                                row.getString(1),
                                row.getString(2),
                                row.getInt(3),
                                row.getInt(4),
                                row.getInt(5)));
    }

    /** States that a job came into, in order. */
    List<String> states(String job) {
        return query(
                "SELECT state FROM event WHERE job_id = ? ORDER BY id",
                row -> String.valueOf(row.getString(1)),
                job);
    }

    private interface Read<T> {
        T from(ResultSet row) throws SQLException;
    }

    private <T> List<T> query(String sql, Read<T> read, String... arguments) {
        try (Connection connection = DriverManager.getConnection(url);
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) {
                statement.setString(i + 1, arguments[i]);
            }
            List<T> rows = new ArrayList<>();
            try (ResultSet found = statement.executeQuery()) {
                while (found.next()) {
                    rows.add(read.from(found));
                }
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException(url, e);
        }
    }
}
