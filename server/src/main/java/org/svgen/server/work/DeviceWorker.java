package org.svgen.server.work;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.svgen.server.job.Job;
import org.svgen.server.store.StoreException;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.SvgenException;
import org.svgen.tensor.device.Backend;

/**
 * The worker of one device, on a thread of its own: opens device and models, claims jobs and runs
 * them, one after the other. A device that was lost is opened again, after waits that grow.
 */
final class DeviceWorker implements Runnable {
    private static final long FIRST_WAIT_MILLIS = 1000;
    private static final long LONGEST_WAIT_MILLIS = 60_000;
    private static final long POLL_MILLIS = 5000; // for jobs of which no news came

    private final DeviceSource source;
    private final List<ModelSource> models;
    private final Workshop shop;
    private final Runs runs;
    private final Bell bell;
    private final Desk desk;
    private final CountDownLatch started;
    private final String name;
    private volatile @Nullable String unready = "the models are being loaded";
    private volatile WorkerCard.@Nullable Opened opened;
    private volatile boolean stopping;
    private volatile long capacity;
    private long wait = FIRST_WAIT_MILLIS;

    /**
     * @param started when jobs may be claimed
     */
    DeviceWorker(
            DeviceSource source,
            List<ModelSource> models,
            Workshop shop,
            Runs runs,
            Bell bell,
            Desk desk,
            CountDownLatch started) {
        this.source = source;
        this.models = models;
        this.shop = shop;
        this.runs = runs;
        this.bell = bell;
        this.desk = desk;
        this.started = started;
        this.name = "%s/%s".formatted(shop.settings().name(), source.name());
    }

    /** Why it takes no jobs, in one line. */
    Optional<String> unready() {
        return Optional.ofNullable(unready);
    }

    WorkerCard card() {
        Optional<WorkerCard.Opened> now = Optional.ofNullable(opened);
        return new WorkerCard(
                now.map(WorkerCard.Opened::name).orElse(source.name()), now, unready());
    }

    /** No job is begun any more. */
    void stop() {
        stopping = true;
        bell.ring();
    }

    @Override
    public void run() {
        LowPriority.take(); // so does the device, whose threads begin here
        while (!stopping) {
            long start = System.nanoTime();
            try (Backend device = source.opener().get()) {
                work(device, start);
            } catch (SvgenException e) {
                unready = Failures.line(e);
            } catch (RuntimeException | LinkageError e) {
                unready = "%s: %s".formatted(e.getClass().getSimpleName(), e.getMessage());
            }
            opened = null;
            if (!stopping) {
                shop.log()
                        .accept(
                                "%s; opening it again in %d s"
                                        .formatted(unready, wait / FIRST_WAIT_MILLIS));
                bell.sleep(wait, () -> stopping);
                wait = Math.min(LONGEST_WAIT_MILLIS, 2 * wait);
            }
        }
        unready = "the service stops";
    }

    private void work(Backend device, long start) {
        capacity = device.capacity();
        opened = opened(device);
        desk.open(device, () -> capacity);
        try (ModelShelf shelf = new ModelShelf(device, models, shop.settings().memoryLimit())) {
            shelf.openAll();
            desk.loaded(shelf.names());
            unready = null;
            shop.log()
                    .accept(
                            "%s: %s loaded in %.1f s"
                                    .formatted(
                                            source.name(),
                                            String.join(", ", shelf.names()),
                                            (System.nanoTime() - start) / 1e9));
            awaitStart();
            Foresight foresight =
                    new Foresight(shop.estimates(), shop.log(), shelf, device, Foresight.IDLE);
            while (!stopping) {
                long seen = bell.rings();
                Optional<Job> job = claimed(shelf);
                if (job.isEmpty()) {
                    foresight.idle(() -> bell.rings() != seen);
                    bell.await(seen, POLL_MILLIS);
                    continue;
                }
                run(device, shelf, job.get());
                foresight.busy();
                wait = FIRST_WAIT_MILLIS;
                capacity = device.capacity() + device.memory().live();
            }
        }
    }

    private WorkerCard.Opened opened(Backend device) {
        return new WorkerCard.Opened(
                device.name(), device.summary(), Math.min(capacity, shop.settings().memoryLimit()));
    }

    private void awaitStart() {
        try {
            started.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Optional<Job> claimed(ModelShelf shelf) {
        if (shop.disk().full().isPresent()) {
            return Optional.empty();
        }
        try {
            Optional<Job> job = shop.store().claim(name, shelf.names(), shop.settings().lease());
            unready = null;
            return job;
        } catch (StoreException e) {
            unready = Failures.line(e);
            return Optional.empty();
        }
    }

    private void run(Backend device, ModelShelf shelf, Job job) {
        RunControl control = runs.began(job.claim());
        shop.live().changed(job.id());
        shop.log()
                .accept(
                        "%s: begun on %s, start %d"
                                .formatted(job.id(), source.name(), job.run().attempts()));
        long start = System.nanoTime();
        try {
            new JobRunner(shop, shelf, device, job, control).run();
        } catch (BadInputException e) {
            throw e;
        } finally {
            runs.ended(job.id());
            shop.log()
                    .accept(
                            "%s: let go after %d s"
                                    .formatted(
                                            job.id(),
                                            TimeUnit.NANOSECONDS.toSeconds(
                                                    System.nanoTime() - start)));
        }
    }
}
