package org.svgen.server.store.sql;

import java.sql.SQLException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.svgen.server.job.Job;
import org.svgen.server.store.Recovery;
import org.svgen.server.store.Totals;
import org.svgen.server.store.Totals.Ended;

/** The numbers that never fall. */
final class Totalled {
    private static final String ACCEPTED = "accepted";
    private static final String ENDED = "ended";
    private static final String RECOVERED = "recovered";
    private static final String DELIVERIES = "deliveries";

    private Totalled() {}

    static void accepted(Tx tx, String model) throws SQLException {
        add(tx, ACCEPTED, model, "");
    }

    static void ended(Tx tx, Job job) throws SQLException {
        add(tx, ENDED, job.model(), job.isCancelled() ? "cancelled" : job.state().word());
    }

    /** Of a job that was deleted before its end. */
    static void cancelled(Tx tx, String model) throws SQLException {
        add(tx, ENDED, model, "cancelled");
    }

    static void recovered(Tx tx, Recovery how) throws SQLException {
        add(tx, RECOVERED, "", how.word());
    }

    static void delivery(Tx tx, String outcome) throws SQLException {
        add(tx, DELIVERIES, "", outcome);
    }

    private static void add(Tx tx, String kind, String model, String name) throws SQLException {
        tx.inOrder();
        tx.update(
                "INSERT INTO total (kind, model, name, value) VALUES (?, ?, ?, 1)"
                        + " ON CONFLICT (kind, model, name) DO UPDATE SET value = total.value + 1",
                kind,
                model,
                name);
    }

    static Totals read(Tx tx) throws SQLException {
        Map<String, Long> accepted = new HashMap<>();
        Map<Ended, Long> ended = new HashMap<>();
        Map<Recovery, Long> recovered = new EnumMap<>(Recovery.class);
        Map<String, Long> deliveries = new HashMap<>();
        tx.rows(
                "SELECT kind, model, name, value FROM total",
                row -> {
                    String model = row.text("model");
                    String name = row.text("name");
                    long value = row.number("value");
                    switch (row.text("kind")) {
                        case ACCEPTED -> accepted.put(model, value);
                        case ENDED -> ended.put(new Ended(model, name), value);
                        case RECOVERED ->
                                recovered.put(
                                        Recovery.valueOf(name.toUpperCase(Locale.ROOT)), value);
                        case DELIVERIES -> deliveries.put(name, value);
                        default -> {} // of a newer version
                    }
                    return value;
                });
        return new Totals(accepted, ended, recovered, deliveries);
    }
}
