package org.svgen.server.work;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.svgen.server.blob.Blobs;
import org.svgen.server.blob.FolderBlobs;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobId;
import org.svgen.server.job.JobRequest;
import org.svgen.server.job.NewJob;
import org.svgen.server.store.Admission;
import org.svgen.server.store.JobStore;
import org.svgen.server.store.QueueLimits;
import org.svgen.server.store.StoreSettings;
import org.svgen.server.store.sql.JobStores;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;

/** Workers with a store in a folder, for tests. */
final class Factory implements AutoCloseable {
    static final Path DEMO = Path.of("../models/demo");
    private static final QueueLimits LIMITS = new QueueLimits(100, 100);
    private static final long PATIENCE_MILLIS = 60_000;

    final JobStore store;
    final Blobs blobs;
    final WorkerPool pool;
    final List<String> log = new CopyOnWriteArrayList<>();

    Factory(Path data, Duration checkpointEvery) {
        this(data, checkpointEvery, ModelSource.of("demo", DEMO), noReserve(data));
    }

    Factory(Path data, Duration checkpointEvery, ModelSource model, DiskReserve disk) {
        this(data, checkpointEvery, model, disk, () -> Backends.open("cpu", note -> {}));
    }

    Factory(
            Path data,
            Duration checkpointEvery,
            ModelSource model,
            DiskReserve disk,
            Supplier<Backend> device) {
        store = JobStores.sqlite(data, StoreSettings.plain());
        blobs = FolderBlobs.open(data);
        pool =
                new WorkerPool(
                        new WorkerPool.Places(store, blobs, data, disk),
                        List.of(model),
                        List.of(new DeviceSource("cpu", device)),
                        new WorkSettings(
                                "test",
                                Duration.ofSeconds(20),
                                checkpointEvery,
                                Long.MAX_VALUE,
                                OptionalLong.empty()),
                        RunObserver.NONE,
                        log::add);
    }

    static DiskReserve noReserve(Path data) {
        return new DiskReserve(DiskReserve.Space.of(data), OptionalLong.of(0));
    }

    /** A small video of the demo model: it takes part of a second. */
    static Map<String, Object> small(int steps) {
        return Map.of(
                "prompt",
                "a red circle moves right",
                "width",
                64,
                "height",
                64,
                "frames",
                9,
                "steps",
                steps,
                "seed",
                7);
    }

    JobId ask(Map<String, Object> settings) {
        JobId id = JobId.random();
        JobRequest request =
                new JobRequest("", "demo", settings, Map.of(), JobRequest.Links.none());
        Admission admission =
                store.create(
                        new NewJob(id, request, 0, Map.of(), List.of()), Optional.empty(), LIMITS);
        if (!(admission instanceof Admission.Accepted)) {
            throw new AssertionError(admission);
        }
        pool.wake();
        return id;
    }

    Job awaited(JobId id, Predicate<Job> condition) throws InterruptedException {
        long end = System.currentTimeMillis() + PATIENCE_MILLIS;
        while (System.currentTimeMillis() < end) {
            Job job = store.find(id).orElseThrow();
            if (condition.test(job)) {
                return job;
            }
            Thread.sleep(10);
        }
        throw new AssertionError(store.find(id) + " " + log);
    }

    Job ended(JobId id) throws InterruptedException {
        return awaited(id, job -> job.state().isFinal());
    }

    @Override
    public void close() {
        pool.close();
        store.close();
    }
}
