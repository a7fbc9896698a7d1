package org.svgen.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.server.blob.Blobs;
import org.svgen.server.blob.FolderBlobs;
import org.svgen.server.job.Claim;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobError;
import org.svgen.server.job.JobId;
import org.svgen.server.job.JobRequest;
import org.svgen.server.job.NewJob;
import org.svgen.server.store.Completion;
import org.svgen.server.store.Delivery;
import org.svgen.server.store.JobStore;
import org.svgen.server.store.QueueLimits;
import org.svgen.server.store.Recovery;
import org.svgen.server.store.StoreSettings;
import org.svgen.server.store.sql.JobStores;

/** What metrics say is what the store holds, whatever was done to it. */
class MetricsTest {
    private static final int SEED = 22;
    private static final int ACTIONS = 300;
    private static final Duration LEASE = Duration.ofMinutes(1);
    private static final List<String> MODELS = List.of("demo", "other");
    private static final Pattern SAMPLE = Pattern.compile("(?m)^([a-z_]+(?:\\{.*})?) (\\S+)$");

    @TempDir Path folder;

    private final Random random = new Random(SEED);
    private final List<JobId> ids = new ArrayList<>();
    private final List<Claim> running = new ArrayList<>();
    private final Map<String, Long> truth = new TreeMap<>();
    private long started; // jobs that ended after a start

    /** A process: its store, and its metrics. */
    private record Process(JobStore store, Metrics metrics) implements AutoCloseable {
        String text() throws IOException {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            metrics.write("", out);
            return out.toString(StandardCharsets.UTF_8);
        }

        Map<String, Double> samples() throws IOException {
            Map<String, Double> samples = new TreeMap<>();
            Matcher sample = SAMPLE.matcher(text());
            while (sample.find()) {
                samples.put(sample.group(1), Double.parseDouble(sample.group(2)));
            }
            return samples;
        }

        @Override
        public void close() {
            store.close();
        }
    }

    private Process process() throws IOException {
        Metrics metrics = new Metrics("1.2.3");
        JobStore store =
                JobStores.sqlite(
                        folder.resolve("data"),
                        new StoreSettings(InstantSource.system(), metrics.commits()));
        Blobs blobs = FolderBlobs.open(folder.resolve("blobs"));
        metrics.of(store, blobs, MODELS, InstantSource.system());
        return new Process(store, metrics);
    }

    private void create(JobStore store) {
        JobId id = JobId.random();
        String model = MODELS.get(random.nextInt(MODELS.size()));
        JobRequest.Links links =
                new JobRequest.Links(
                        Optional.empty(),
                        Optional.of("https://example.com/hook"),
                        Optional.empty(),
                        Optional.empty());
        store.create(
                new NewJob(
                        id,
                        new JobRequest(
                                "",
                                model,
                                Map.of("prompt", "\"}\n svgen_jobs_total 7"),
                                Map.of(),
                                links),
                        0,
                        Map.of(),
                        List.of()),
                Optional.empty(),
                new QueueLimits(1000, 1000));
        ids.add(id);
    }

    private void ended(Job job, String outcome) {
        truth.merge("%s %s".formatted(job.model(), outcome), 1L, Long::sum);
        if (job.times().started().isPresent()) {
            started++;
        }
    }

    private void act(JobStore store) {
        switch (random.nextInt(8)) {
            case 0, 1 -> create(store);
            case 2, 3 ->
                    store.claim("w", Set.copyOf(MODELS), LEASE)
                            .ifPresent(job -> running.add(job.claim()));
            case 4 -> settle(store, true);
            case 5 -> settle(store, false);
            case 6 -> {
                if (!ids.isEmpty()) {
                    JobId id = ids.get(random.nextInt(ids.size()));
                    Job before = store.find(id).orElseThrow();
                    Job after = store.cancel(id).orElseThrow();
                    if (!before.state().isFinal() && after.state().isFinal()) {
                        ended(after, "cancelled");
                    }
                }
            }
            default -> delete(store);
        }
    }

    private void settle(JobStore store, boolean well) {
        if (running.isEmpty()) {
            return;
        }
        Claim claim = running.remove(random.nextInt(running.size()));
        Optional<Job> job =
                well
                        ? store.complete(claim, new Completion(Map.of(), 10, OptionalLong.empty()))
                        : store.fail(claim, new JobError("broken", "it broke"));
        job.ifPresent(j -> ended(j, j.isCancelled() ? "cancelled" : well ? "completed" : "failed"));
    }

    private void delete(JobStore store) {
        if (ids.isEmpty() || random.nextBoolean()) {
            return;
        }
        JobId id = ids.remove(random.nextInt(ids.size()));
        Job before = store.find(id).orElseThrow();
        store.delete(id);
        running.removeIf(claim -> claim.job().equals(id));
        if (!before.state().isFinal()) {
            truth.merge(before.model() + " cancelled", 1L, Long::sum);
        }
    }

    private void compare(Process process) throws IOException {
        Map<String, Double> samples = process.samples();
        for (String model : MODELS) {
            for (String outcome : List.of("completed", "failed", "cancelled")) {
                assertThat(samples)
                        .containsEntry(
                                "svgen_jobs_total{model=\"%s\",outcome=\"%s\"}"
                                        .formatted(model, outcome),
                                (double) truth.getOrDefault(model + " " + outcome, 0L));
            }
        }
        long waiting = process.store.queue().waiting().size();
        long runs = process.store.queue().running().size();
        assertThat(samples)
                .containsEntry("svgen_queue_jobs{state=\"queued\"}", (double) waiting)
                .containsEntry("svgen_queue_jobs{state=\"in_progress\"}", (double) runs);
        assertThat(samples.get("svgen_queue_oldest_seconds"))
                .isBetween(0.0, waiting == 0 ? 0.0 : 60.0);
    }

    @Test
    void afterRandomActionsAndARestartTheyAreTheStores() throws IOException {
        try (Process first = process()) {
            for (int i = 0; i < ACTIONS; i++) {
                act(first.store);
                first.metrics.look();
                if (i % 50 == 0) {
                    compare(first);
                }
            }
            compare(first);
            Map<String, Double> samples = first.samples();
            assertThat(samples)
                    .containsEntry("svgen_job_duration_seconds_count", (double) started)
                    .containsEntry("svgen_job_wait_seconds_count", (double) started)
                    .containsEntry("svgen_webhook_deliveries_total{outcome=\"delivered\"}", 0.0);
            assertThat(samples.get("svgen_store_commit_seconds_count")).isGreaterThan(100);
            assertThat(truth).hasSizeGreaterThan(4);
            deliver(first);
        }
        try (Process second = process()) {
            compare(second);
            assertThat(second.samples())
                    .containsEntry("svgen_webhook_deliveries_total{outcome=\"delivered\"}", 1.0)
                    .containsEntry("svgen_webhook_deliveries_total{outcome=\"dropped\"}", 1.0)
                    .containsEntry("svgen_webhook_deliveries_total{outcome=\"retried\"}", 1.0);
        }
    }

    private static void deliver(Process process) throws IOException {
        List<Delivery> due = process.store.outbox().take(3, LEASE);
        assertThat(due).hasSize(3);
        process.store.outbox().delivered(due.get(0).id());
        process.store.outbox().dropped(due.get(1).id());
        process.store.outbox().retry(due.get(2).id(), LEASE);
        assertThat(process.samples())
                .containsEntry("svgen_webhook_deliveries_total{outcome=\"retried\"}", 1.0);
    }

    @Test
    void recoveriesAreCounted() throws IOException {
        try (Process process = process()) {
            create(process.store);
            Job job = process.store.claim("w", Set.copyOf(MODELS), LEASE).orElseThrow();
            process.store.recovered(job.claim(), Recovery.RESUMED);
            assertThat(process.samples())
                    .containsEntry("svgen_recovered_jobs_total{how=\"resumed\"}", 1.0)
                    .containsEntry("svgen_recovered_jobs_total{how=\"restarted\"}", 0.0)
                    .containsEntry("svgen_recovered_jobs_total{how=\"quarantined\"}", 0.0);
        }
    }

    private static void measure(Process process) {
        process.metrics.runs().step("demo", "svg", 0.4, 0.25);
        process.metrics.runs().stage("demo", "denoise", 4);
        process.metrics.runs().memory(100, 90);
        process.metrics.runs().checkpoint(0.01);
        process.metrics.requests().request("GET", "/v1/videos/{id}", 200, 0.003);
        process.metrics.requests().streams(3);
    }

    @Test
    void namesAndLabelsAreThoseOfTheDocument() throws IOException {
        try (Process process = process()) {
            measure(process);
            assertThat(process.samples())
                    .containsEntry("svgen_build_info{version=\"1.2.3\"}", 1.0)
                    .containsEntry(
                            "svgen_step_duration_seconds_count{attention=\"svg\",model=\"demo\"}",
                            1.0)
                    .containsEntry(
                            "svgen_stage_duration_seconds_sum{model=\"demo\",stage=\"denoise\"}",
                            4.0)
                    .containsEntry("svgen_density_ratio{model=\"demo\"}", 0.25)
                    .containsEntry("svgen_device_memory_bytes{kind=\"planned\"}", 100.0)
                    .containsEntry("svgen_device_memory_bytes{kind=\"peak\"}", 90.0)
                    .containsEntry("svgen_checkpoint_seconds_count", 1.0)
                    .containsEntry("svgen_sse_connections", 3.0)
                    .containsEntry(
                            "http_server_request_duration_seconds_count{http_request_method=\"GET\",http_response_status_code=\"200\",http_route=\"/v1/videos/{id}\"}",
                            1.0)
                    .containsKey("svgen_disk_free_bytes")
                    .containsKey("jvm_threads_current");
            assertThat(process.metrics.contentType("")).startsWith("text/plain");
            assertThat(process.metrics.contentType("application/openmetrics-text"))
                    .startsWith("application/openmetrics-text");
        }
    }

    @Test
    void thePageOnTheServiceNamesAllOfThem() throws IOException {
        Pattern name = Pattern.compile("`((?:svgen|http)_[a-z_]+)");
        Set<String> named = new TreeSet<>();
        name.matcher(Files.readString(Path.of("../docs/serve.md")))
                .results()
                .forEach(found -> named.add(found.group(1)));
        Set<String> there = new TreeSet<>();
        try (Process process = process()) {
            measure(process);
            Pattern type = Pattern.compile("(?m)^# TYPE ((?:svgen|http)_\\S+)");
            type.matcher(process.text()).results().forEach(found -> there.add(found.group(1)));
        }
        assertThat(there).hasSizeGreaterThan(15).isEqualTo(named);
    }

    @Test
    void aStoreThatIsAwayLeavesTheRest() throws IOException {
        Process process = process();
        process.close();
        assertThat(process.samples())
                .containsKey("svgen_build_info{version=\"1.2.3\"}")
                .doesNotContainKey("svgen_queue_oldest_seconds");
    }
}
