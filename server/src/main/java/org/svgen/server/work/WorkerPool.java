package org.svgen.server.work;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.svgen.server.blob.Blobs;
import org.svgen.server.job.JobId;
import org.svgen.server.store.JobStore;
import org.svgen.server.store.Recovered;
import org.svgen.server.store.StoreException;

/** The workers of this process, one a device, and what they share. */
public final class WorkerPool implements Workers {
    private static final int BEATS = 4; // of the heart in a lease

    private final JobStore store;
    private final Runs runs;
    private final Bell bell = new Bell();
    private final LiveRuns live = new LiveRuns();
    private final DiskReserve disk;
    private final Desk desk;
    private final List<DeviceWorker> workers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final CountDownLatch started = new CountDownLatch(1);
    private final Consumer<String> log;
    private final long beatMillis;
    private final ScheduledExecutorService heart =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("heartbeat").factory());
    private JobStore.@Nullable Watch watch;
    private boolean closed;

    /**
     * Where jobs are and where their files go.
     *
     * @param store has the jobs
     * @param blobs has their files
     * @param data folder on this machine for what workers learn, and for what does not last
     * @param disk must have room
     */
    public record Places(JobStore store, Blobs blobs, Path data, DiskReserve disk) {}

    /**
     * Workers that have not begun yet.
     *
     * @param places where jobs are and where their files go
     * @param models that are served; the first is meant where a request names none
     * @param devices a worker each
     * @param settings how workers go about it
     * @param observer hears what runs measure
     * @param log gets lines for whoever runs the service
     */
    public WorkerPool(
            Places places,
            List<ModelSource> models,
            List<DeviceSource> devices,
            WorkSettings settings,
            RunObserver observer,
            Consumer<String> log) {
        this.store = places.store;
        this.disk = places.disk;
        this.log = log;
        this.beatMillis = settings.lease().toMillis() / BEATS;
        this.runs = new Runs(store, settings);
        Workshop.Folders folders = Workshop.Folders.of(places.data, models);
        try {
            Files.createDirectories(folders.scratch());
            Files.createDirectories(folders.models());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Estimates estimates = new Estimates(new Pace(folders.models().resolve("pace.json")));
        Workshop shop =
                new Workshop(
                        store,
                        places.blobs,
                        live,
                        estimates,
                        disk,
                        observer,
                        settings,
                        folders,
                        log);
        this.desk = new Desk(models, estimates, settings.memoryLimit(), this::busySeconds);
        for (DeviceSource device : devices) {
            workers.add(new DeviceWorker(device, models, shop, runs, bell, desk, started));
        }
    }

    /** {@return who answers questions about models} */
    public ModelDesk desk() {
        return desk;
    }

    /** {@return what is known of runs while they are under way} */
    public Live live() {
        return live;
    }

    @Override
    public synchronized void open() {
        for (DeviceWorker worker : workers) {
            threads.add(Thread.ofPlatform().name("worker").start(worker));
        }
    }

    @Override
    public synchronized void start() {
        if (threads.isEmpty()) {
            open();
        }
        watch = store.watch(this::changed);
        recover();
        heart.scheduleWithFixedDelay(this::beat, beatMillis, beatMillis, TimeUnit.MILLISECONDS);
        started.countDown();
    }

    /** On a thread of the store's or of who made the change. */
    private void changed(JobId job) {
        bell.ring();
        if (runs.has(job)) {
            cancelled(job);
        }
        live.changed(job);
    }

    private void beat() {
        try {
            runs.beat();
            recover();
        } catch (RuntimeException e) {
            log.accept("heartbeat: " + e.getMessage()); // the next one may do
        }
    }

    private void recover() {
        try {
            Recovered found = store.recover();
            found.requeued().forEach(job -> log.accept(job.id() + ": waits again"));
            found.ended()
                    .forEach(job ->
                            log.accept(
                                    "%s: %s"
                                            .formatted(
                                                    job.id(),
                                                    job.error().map(e -> e.message()).orElse(""))));
            if (!found.requeued().isEmpty()) {
                bell.ring();
            }
        } catch (StoreException e) {
            log.accept("recovery: " + e.getMessage());
        }
    }

    @Override
    public void wake() {
        bell.ring();
    }

    @Override
    public void cancelled(JobId id) {
        if (runs.has(id) && !heart.isShutdown()) {
            heart.execute(() -> runs.look(id));
        }
    }

    @Override
    public Optional<String> unready() {
        List<String> reasons = workers.stream().flatMap(w -> w.unready().stream()).toList();
        return reasons.size() == workers.size() ? reasons.stream().findFirst() : disk.full();
    }

    @Override
    public List<WorkerCard> cards() {
        return workers.stream().map(DeviceWorker::card).toList();
    }

    @Override
    public Optional<String> full() {
        return disk.full();
    }

    /** Until a worker is free. */
    private double busySeconds() {
        return runs.jobs().stream()
                        .flatMap(job -> live.progress(job).stream())
                        .mapToDouble(progress -> progress.etaSeconds().orElse(0))
                        .sum()
                / workers.size();
    }

    @Override
    public synchronized void drain() {
        workers.forEach(DeviceWorker::stop);
        started.countDown();
        runs.stop();
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        drain();
        heart.shutdownNow();
        if (watch != null) {
            watch.close();
        }
        desk.close();
    }
}
