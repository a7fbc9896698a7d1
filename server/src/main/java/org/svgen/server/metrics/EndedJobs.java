package org.svgen.server.metrics;

import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import java.util.Optional;
import org.svgen.server.job.JobEvent;
import org.svgen.server.job.JobState;
import org.svgen.server.job.JobTimes;
import org.svgen.server.store.JobStore;

/**
 * How long jobs waited and ran. They are read from the store's events, so that each end is seen
 * once, whoever ran the job; from the start of this process on.
 */
final class EndedJobs {
    private static final int MOST = 500;
    private static final double MILLIS = 1000;

    private final JobStore store;
    private final Histogram waits;
    private final Histogram durations;
    private long last;

    EndedJobs(JobStore store, PrometheusRegistry registry) {
        Buckets buckets = new Buckets(registry);
        this.store = store;
        this.waits =
                buckets.ofLong(
                        "svgen_job_wait_seconds",
                        "Seconds from a job's acceptance to its first start");
        this.durations =
                buckets.ofLong(
                        "svgen_job_duration_seconds",
                        "Seconds from a job's first start to its end");
        this.last = store.lastEvent();
    }

    /** Looks for jobs that have ended since the last look. */
    synchronized void look() {
        List<JobEvent> events;
        do {
            events = store.events(Optional.empty(), last, MOST);
            for (JobEvent event : events) {
                if (isEnd(event)) {
                    store.find(event.job()).ifPresent(job -> observe(job.times()));
                }
                last = event.id();
            }
        } while (events.size() == MOST);
    }

    private static boolean isEnd(JobEvent event) {
        return event.state().filter(JobState::isFinal).isPresent();
    }

    private void observe(JobTimes times) {
        if (times.started().isPresent() && times.finished().isPresent()) {
            long started = times.started().getAsLong();
            waits.observe((started - times.created()) / MILLIS);
            durations.observe((times.finished().getAsLong() - started) / MILLIS);
        }
    }
}
