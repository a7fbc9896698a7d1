package org.svgen.server.store.sql;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.svgen.server.job.Job;
import org.svgen.server.store.Completion;
import org.svgen.server.store.JobStore;
import org.svgen.server.store.StoreSettings;

/** A worker of a shared store: its runs do nothing, for a while. */
final class WorkingProgram {
    static final Duration LEASE = Duration.ofMillis(1500);

    private static final int BEATS = 4;
    private static final long BEAT_MILLIS = 10;

    private WorkingProgram() {}

    public static void main(String[] arguments) throws Exception {
        String worker = arguments[0];
        Set<String> models = Set.of("demo");
        JobStore store = JobStores.postgres(arguments[1], StoreSettings.plain());
        while (true) {
            store.recover();
            Optional<Job> job = store.claim(worker, models, LEASE);
            if (job.isEmpty()) {
                store.awaitWork(models, Duration.ofMillis(300));
                continue;
            }
            System.out.println("runs " + job.get().id());
            for (int beat = 0; beat < BEATS; beat++) {
                Thread.sleep(BEAT_MILLIS);
                store.heartbeat(job.get().claim(), LEASE);
            }
            store.complete(
                    job.get().claim(),
                    new Completion(Map.of("worker", worker), 1, OptionalLong.empty()));
        }
    }
}
