package org.svgen.server.store.sql;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.svgen.server.job.Job;

/** Changes of jobs that are locked. */
final class Changes {
    private Changes() {}

    /** Sets one column, if the job is still as it was read. */
    static Job set(Tx tx, Job job, String column, Object value) throws SQLException {
        one(
                tx.update(
                        "UPDATE job SET " + column + " = ? WHERE seq = ? AND state = ?",
                        value,
                        job.sequence(),
                        job.state().word()),
                job);
        tx.changed(job.id());
        return Jobs.again(tx, job.id());
    }

    static Map<String, Object> merged(Job job, Map<String, Object> outcome) {
        Map<String, Object> merged = new LinkedHashMap<>(job.content().outcome());
        merged.putAll(outcome);
        return merged;
    }

    static List<String> with(List<String> warnings, String warning) {
        List<String> all = new ArrayList<>(warnings);
        if (!all.contains(warning)) {
            all.add(warning);
        }
        return all;
    }

    /** Compare and set: the row was as it was thought to be. */
    static void one(int rows, Job job) throws SQLException {
        if (rows != 1) {
            throw new SQLException("job " + job.id() + " changed while it was locked");
        }
    }
}
