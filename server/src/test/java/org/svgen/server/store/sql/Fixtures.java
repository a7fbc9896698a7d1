package org.svgen.server.store.sql;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobId;
import org.svgen.server.job.JobRequest;
import org.svgen.server.job.NewJob;
import org.svgen.server.store.Admission;
import org.svgen.server.store.JobStore;
import org.svgen.server.store.QueueLimits;

/** Jobs for tests of stores. */
final class Fixtures {
    static final QueueLimits NO_LIMITS = new QueueLimits(1_000_000, 1_000_000);

    private Fixtures() {}

    static NewJob job(String owner, String model, int priority) {
        return job(owner, model, priority, Optional.empty());
    }

    static NewJob job(String owner, String model, int priority, Optional<String> webhook) {
        return new NewJob(
                JobId.random(),
                new JobRequest(
                        owner,
                        model,
                        Map.of("prompt", "a red circle", "steps", 4, "seed", 7L),
                        Map.of(),
                        new JobRequest.Links(
                                Optional.empty(), webhook, Optional.empty(), Optional.empty())),
                priority,
                Map.of(),
                List.of());
    }

    static Job accepted(JobStore store, NewJob job) {
        return switch (store.create(job, Optional.empty(), NO_LIMITS)) {
            case Admission.Accepted(Job accepted) -> accepted;
            case Admission other -> throw new AssertionError(other);
        };
    }
}
