package org.svgen.server.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobId;
import org.svgen.server.job.JobState;
import org.svgen.server.store.JobStore;
import org.svgen.server.wire.JobJson;
import org.svgen.server.wire.JobView;
import org.svgen.server.work.Live;
import org.svgen.server.work.ModelCard;
import org.svgen.server.work.ModelDesk;
import org.svgen.server.work.Progress;

/** Puts together what answers say of jobs: their records, their runs, their places in the queue. */
record Views(JobStore store, Live live, ModelDesk desk) {
    /** Jobs that take less are asked for more often. */
    private static final double SHORT_SECONDS = 20;

    Map<String, @Nullable Object> json(Job job, String base) {
        return JobJson.of(view(job, job.state(), base, before(job)));
    }

    /** As it was in an earlier state. */
    Map<String, @Nullable Object> json(Job job, JobState state, String base) {
        return JobJson.of(view(job, state, base, before(job)));
    }

    /** Many, for which the queue is read once. */
    List<Map<String, @Nullable Object>> json(List<Job> jobs, String base) {
        Map<JobId, Integer> places = new HashMap<>();
        if (jobs.stream().anyMatch(job -> job.state() == JobState.QUEUED)) {
            List<Job> waiting = store.queue().waiting();
            for (int i = 0; i < waiting.size(); i++) {
                places.put(waiting.get(i).id(), i);
            }
        }
        List<Map<String, @Nullable Object>> all = new ArrayList<>();
        for (Job job : jobs) {
            Integer before = places.get(job.id());
            OptionalInt place = before == null ? OptionalInt.empty() : OptionalInt.of(before);
            all.add(JobJson.of(view(job, job.state(), base, place)));
        }
        return all;
    }

    private OptionalInt before(Job job) {
        return job.state() == JobState.QUEUED ? store.position(job.id()) : OptionalInt.empty();
    }

    private JobView view(Job job, JobState state, String base, OptionalInt before) {
        Optional<Progress> run =
                state == JobState.IN_PROGRESS ? live.progress(job.id()) : Optional.empty();
        double progress =
                switch (state) {
                    case QUEUED -> 0;
                    case IN_PROGRESS ->
                            run.map(Progress::progress).orElseGet(() -> byCheckpoint(job));
                    case FAILED -> byCheckpoint(job);
                    case COMPLETED -> 1;
                };
        OptionalInt position = OptionalInt.empty();
        OptionalDouble eta = run.map(Progress::etaSeconds).orElseGet(OptionalDouble::empty);
        if (state == JobState.QUEUED && before.isPresent()) {
            position = OptionalInt.of(before.getAsInt() + 1);
            eta = desk.waitSeconds(job.model(), before.getAsInt() + 1);
        }
        return new JobView(job, state, progress, position, eta, defaults(job.model()), base);
    }

    private Map<String, Object> defaults(String model) {
        return desk.models().stream()
                .filter(card -> card.name().equals(model))
                .findFirst()
                .map(ModelCard::defaults)
                .orElse(Map.of());
    }

    /** How often it is worth to ask of a job; the same each time, since clients ask once. */
    int pollMillis(String model) {
        OptionalDouble one = desk.waitSeconds(model, 1);
        return one.isPresent() && one.getAsDouble() < SHORT_SECONDS ? 250 : 1000;
    }

    /** Of a run on another machine, or one that has ended. */
    private static double byCheckpoint(Job job) {
        return job.run().checkpointStep().isPresent()
                        && job.request().settings().get("steps") instanceof Integer steps
                ? (double) job.run().checkpointStep().getAsInt() / steps
                : 0;
    }
}
