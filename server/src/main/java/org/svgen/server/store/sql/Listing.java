package org.svgen.server.store.sql;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobId;
import org.svgen.server.job.JobState;
import org.svgen.server.store.JobPage;
import org.svgen.server.store.JobQuery;
import org.svgen.server.store.JobQuery.Filter;
import org.svgen.server.store.QueueView;

/** Looks at jobs. */
final class Listing {
    private static final String QUEUED = JobState.QUEUED.word();

    private Listing() {}

    static Optional<JobPage> page(Tx tx, JobQuery query) throws SQLException {
        List<String> conditions = new ArrayList<>(List.of("1 = 1"));
        List<Object> arguments = new ArrayList<>();
        addFilter(query.filter(), conditions, arguments);
        if (query.after().isPresent()) {
            Optional<Job> after =
                    Jobs.find(tx, query.after().get())
                            .filter(job ->
                                    query.filter().owner().orElse(job.owner()).equals(job.owner()));
            if (after.isEmpty()) {
                return Optional.empty();
            }
            conditions.add(query.ascending() ? "seq > ?" : "seq < ?");
            arguments.add(after.get().sequence());
        }
        arguments.add(query.limit() + 1L);
        List<Job> jobs =
                tx.rows(
                        "SELECT * FROM job WHERE %s ORDER BY seq %s LIMIT ?"
                                .formatted(
                                        String.join(" AND ", conditions),
                                        query.ascending() ? "ASC" : "DESC"),
                        Jobs::read,
                        arguments.toArray());
        boolean more = jobs.size() > query.limit();
        return Optional.of(new JobPage(more ? jobs.subList(0, query.limit()) : jobs, more));
    }

    private static void addFilter(Filter filter, List<String> conditions, List<Object> arguments) {
        add("owner = ?", filter.owner(), conditions, arguments);
        add("model = ?", filter.model(), conditions, arguments);
        add("recipe_hash = ?", filter.recipeHash(), conditions, arguments);
        add(
                "search LIKE ? ESCAPE '!'",
                filter.text().map(Listing::anywhere),
                conditions,
                arguments);
        if (!filter.states().isEmpty()) {
            conditions.add(
                    "state IN (%s)"
                            .formatted(
                                    String.join(
                                            ", ",
                                            Collections.nCopies(filter.states().size(), "?"))));
            filter.states().forEach(state -> arguments.add(state.word()));
        }
    }

    private static void add(
            String condition,
            Optional<String> value,
            List<String> conditions,
            List<Object> arguments) {
        if (value.isPresent()) {
            conditions.add(condition);
            arguments.add(value.get());
        }
    }

    private static String anywhere(String text) {
        return "%" + Creation.searched(text).replaceAll("[!%_]", "!$0") + "%";
    }

    static QueueView queue(Tx tx) throws SQLException {
        List<Job> waiting =
                tx.rows(
                        "SELECT * FROM job WHERE state = ? ORDER BY " + Order.by("job"),
                        Jobs::read,
                        QUEUED,
                        tx.now(),
                        tx.now());
        List<Job> running =
                tx.rows(
                        "SELECT * FROM job WHERE state = ? ORDER BY seq",
                        Jobs::read,
                        JobState.IN_PROGRESS.word());
        return new QueueView(Handing.isPaused(tx), waiting, running);
    }

    static OptionalInt position(Tx tx, JobId id) throws SQLException {
        Optional<Job> job = Jobs.find(tx, id).filter(j -> j.state() == JobState.QUEUED);
        if (job.isEmpty()) {
            return OptionalInt.empty();
        }
        List<Object> arguments = new ArrayList<>(Collections.nCopies(8, tx.now()));
        Collections.addAll(arguments, job.get().sequence(), QUEUED);
        long before =
                tx.number(
                        "SELECT COUNT(*) AS n FROM job one, job other WHERE %s AND other.seq = ? AND one.state = ?"
                                .formatted(Order.before("one", "other")),
                        arguments.toArray());
        return OptionalInt.of(Math.toIntExact(before));
    }

    static Map<JobState, Long> counts(Tx tx) throws SQLException {
        Map<JobState, Long> counts = new EnumMap<>(JobState.class);
        for (JobState state : JobState.values()) {
            counts.put(state, 0L);
        }
        tx.rows(
                "SELECT state, COUNT(*) AS n FROM job GROUP BY state",
                row -> counts.put(Jobs.state(row.text("state")), row.number("n")));
        return counts;
    }

    static OptionalLong oldestWaiting(Tx tx) throws SQLException {
        return tx.row(
                        "SELECT MIN(created_at) AS n FROM job WHERE state = ?",
                        row -> row.optionalNumber("n"),
                        QUEUED)
                .orElse(OptionalLong.empty());
    }
}
