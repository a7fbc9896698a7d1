package org.svgen.server.store.sql;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobState;
import org.svgen.server.store.Recovered;

/** Jobs whose workers were lost. */
final class Lost {
    private Lost() {}

    static Recovered recover(Tx tx) throws SQLException {
        List<Job> lost =
                tx.rows(
                        "SELECT * FROM job WHERE state = ? AND %s ORDER BY seq%s"
                                .formatted(tx.dialect().lost(), tx.dialect().forUpdateOfFree()),
                        Jobs::read,
                        JobState.IN_PROGRESS.word(),
                        tx.dialect().lostLimit(tx));
        List<Job> requeued = new ArrayList<>();
        List<Job> ended = new ArrayList<>();
        for (Job job : lost) {
            Job now = Claimed.givenBack(tx, job, job.run().startsSinceCheckpoint());
            (now.state() == JobState.QUEUED ? requeued : ended).add(now);
        }
        return new Recovered(requeued, ended);
    }
}
