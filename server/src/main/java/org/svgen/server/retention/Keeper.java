package org.svgen.server.retention;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.svgen.server.blob.BlobKey;
import org.svgen.server.blob.Blobs;
import org.svgen.server.job.Job;
import org.svgen.server.store.JobStore;
import org.svgen.server.store.StoreException;

/**
 * Removes what is kept no longer. A video goes first: its record says so before the files go, so
 * that no download begins; one that has begun is read to its end. The record follows 30 days later.
 */
public final class Keeper implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMinutes(1);
    private static final int MOST = 100;

    private final JobStore store;
    private final Blobs blobs;
    private final KeepRules rules;
    private final InstantSource clock;
    private final Consumer<String> log;
    private final Strays strays;
    private @Nullable Thread thread; // guarded by this

    /**
     * A keeper, which {@link #start} sets to work.
     *
     * @param store of jobs
     * @param blobs files of jobs
     * @param rules how long videos are kept
     * @param clock of the system
     * @param data folder for the time that is believed
     * @param log gets a line about what could not be removed, and about a clock that jumps
     */
    public Keeper(
            JobStore store,
            Blobs blobs,
            KeepRules rules,
            InstantSource clock,
            Path data,
            Consumer<String> log) {
        this(
                store,
                blobs,
                rules,
                new SteadyClock(
                        clock,
                        System::nanoTime,
                        data.resolve("clock"),
                        rules.limited() ? log : _ -> {}),
                log);
    }

    Keeper(
            JobStore store,
            Blobs blobs,
            KeepRules rules,
            InstantSource clock,
            Consumer<String> log) {
        this.store = Objects.requireNonNull(store, "store");
        this.blobs = Objects.requireNonNull(blobs, "blobs");
        this.rules = Objects.requireNonNull(rules, "rules");
        this.clock = Objects.requireNonNull(clock, "clock");
        this.log = Objects.requireNonNull(log, "log");
        this.strays = new Strays(store, blobs, clock);
    }

    /** Begins to look each minute, on a thread of its own. */
    public synchronized void start() {
        if (thread == null) {
            thread = Thread.ofVirtual().name("keeper").start(this::run);
        }
    }

    private void run() {
        try {
            while (true) {
                try {
                    sweep();
                } catch (IOException | StoreException e) {
                    log.accept("old videos stay for now: " + e.getMessage());
                }
                Thread.sleep(PAUSE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Removes what is to go now.
     *
     * @throws IOException if a file cannot be removed
     */
    void sweep() throws IOException {
        if (rules.limited()) {
            removeExpired();
            removeForRoom();
            removeRecords();
        }
        strays.remove();
    }

    private void removeExpired() throws IOException {
        long now = clock.millis();
        List<Job> jobs = store.retention().expired(now, MOST);
        while (!jobs.isEmpty()) {
            for (Job job : jobs) {
                removeContent(job);
            }
            jobs = store.retention().expired(now, MOST);
        }
    }

    private void removeForRoom() throws IOException {
        if (rules.bytes().isEmpty()) {
            return;
        }
        long over = store.retention().contentBytes() - rules.bytes().getAsLong();
        while (over > 0) {
            List<Job> oldest = store.retention().oldestContent(MOST);
            if (oldest.isEmpty()) {
                return;
            }
            for (Job job : oldest) {
                if (over <= 0) {
                    return;
                }
                removeContent(job);
                over -= job.content().bytes();
            }
        }
    }

    private void removeContent(Job job) throws IOException {
        if (store.retention().contentGone(job.id())) {
            blobs.deleteAll(BlobKey.folder(job.id()));
        }
    }

    /** Of jobs that ended long ago, unless their videos are still kept. */
    private void removeRecords() throws IOException {
        Duration age = KeepRules.RECORDS.plus(rules.time().orElse(Duration.ZERO));
        boolean some = true;
        while (some) {
            some = false;
            for (Job job : store.retention().endedBefore(clock.millis() - age.toMillis(), MOST)) {
                boolean hasVideo = job.error().isEmpty() && !job.content().gone();
                if (!hasVideo && store.delete(job.id()).isPresent()) {
                    blobs.deleteAll(BlobKey.folder(job.id()));
                    some = true;
                }
            }
        }
    }

    /** Ends the thread; what it is about to remove, the next start removes. */
    @Override
    public synchronized void close() {
        if (thread != null) {
            thread.interrupt();
        }
    }
}
