package org.svgen.server.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.svgen.server.job.JobState;
import org.svgen.server.store.JobStore;
import org.svgen.server.store.Recovery;
import org.svgen.server.store.StoreException;
import org.svgen.server.store.Totals;

/**
 * What the store knows, read when somebody asks. So these numbers are those of the jobs themselves;
 * no restart and no delete lowers a counter, and several processes on one store say the same.
 */
final class StoreMetrics implements MultiCollector {
    private static final List<String> OUTCOMES = List.of("completed", "failed", "cancelled");
    private static final List<String> DELIVERIES = List.of("delivered", "retried", "dropped");
    private static final double MILLIS = 1000;

    private final JobStore store;
    private final Collection<String> models;
    private final InstantSource clock;

    /**
     * @param models of the service, whose counters begin with 0
     */
    StoreMetrics(JobStore store, Collection<String> models, InstantSource clock) {
        this.store = store;
        this.models = List.copyOf(models);
        this.clock = clock;
    }

    /** Nothing while the store cannot be read: no number is better than a wrong one. */
    @Override
    public MetricSnapshots collect() {
        try {
            Totals totals = store.totals();
            Map<JobState, Long> counts = store.counts();
            OptionalLong oldest = store.oldestWaiting();
            return new MetricSnapshots(
                    jobs(totals.ended()),
                    recovered(totals.recovered()),
                    deliveries(totals.deliveries()),
                    queue(counts),
                    oldest(oldest));
        } catch (StoreException e) {
            return new MetricSnapshots();
        }
    }

    private CounterSnapshot jobs(Map<Totals.Ended, Long> ended) {
        Map<Totals.Ended, Long> all = new HashMap<>();
        models.forEach(model ->
                OUTCOMES.forEach(outcome -> all.put(new Totals.Ended(model, outcome), 0L)));
        all.putAll(ended);
        CounterSnapshot.Builder counter =
                CounterSnapshot.builder().name("svgen_jobs").help("Jobs that have ended");
        all.forEach((key, count) ->
                counter.dataPoint(
                        point(count, Labels.of("model", key.model(), "outcome", key.outcome()))));
        return counter.build();
    }

    private static CounterSnapshot recovered(Map<Recovery, Long> recovered) {
        CounterSnapshot.Builder counter =
                CounterSnapshot.builder()
                        .name("svgen_recovered_jobs")
                        .help("How jobs went on whose workers were lost");
        for (Recovery how : Recovery.values()) {
            counter.dataPoint(point(recovered.getOrDefault(how, 0L), Labels.of("how", how.word())));
        }
        return counter.build();
    }

    private static CounterSnapshot deliveries(Map<String, Long> deliveries) {
        CounterSnapshot.Builder counter =
                CounterSnapshot.builder()
                        .name("svgen_webhook_deliveries")
                        .help("Attempts to deliver webhooks");
        for (String outcome : DELIVERIES) {
            counter.dataPoint(
                    point(deliveries.getOrDefault(outcome, 0L), Labels.of("outcome", outcome)));
        }
        return counter.build();
    }

    private static CounterDataPointSnapshot point(long count, Labels labels) {
        return CounterDataPointSnapshot.builder().value(count).labels(labels).build();
    }

    private static GaugeSnapshot queue(Map<JobState, Long> counts) {
        GaugeSnapshot.Builder gauge =
                GaugeSnapshot.builder().name("svgen_queue_jobs").help("Jobs that wait or run");
        for (JobState state : List.of(JobState.QUEUED, JobState.IN_PROGRESS)) {
            gauge.dataPoint(
                    GaugeDataPointSnapshot.builder()
                            .value(counts.getOrDefault(state, 0L))
                            .labels(Labels.of("state", state.word()))
                            .build());
        }
        return gauge.build();
    }

    private GaugeSnapshot oldest(OptionalLong accepted) {
        double seconds =
                accepted.isEmpty()
                        ? 0
                        : Math.max(0, (clock.millis() - accepted.getAsLong()) / MILLIS);
        return GaugeSnapshot.builder()
                .name("svgen_queue_oldest_seconds")
                .help("How long the oldest job waits; 0 if none does")
                .dataPoint(GaugeDataPointSnapshot.builder().value(seconds).build())
                .build();
    }
}
