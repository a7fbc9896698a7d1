package org.svgen.server.work;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.svgen.resume.Checkpoints;
import org.svgen.resume.Moment;
import org.svgen.resume.Snapshot;
import org.svgen.tensor.SvgenException;

/**
 * Keeps how far a job is where any worker finds it. A run waits here while the disk has too little
 * room for more.
 */
final class JobCheckpoints implements Checkpoints {
    /**
     * Writing takes one part in so many of the time, at most, but where each step is to be kept.
     */
    private static final int RARELY = 50;

    private final JobFiles files;
    private final RunControl control;
    private final DiskReserve disk;
    private final Told told;
    private Optional<Path> from;
    private final long least; // nanoseconds from one to the next
    private long pause; // the same, by how long the last one took
    private long last = System.nanoTime();

    /** Who keeps what is told of checkpoints. */
    interface Told {
        /** One is where it survives, with so many steps done; it took so many seconds. */
        void kept(int steps, double seconds);

        /** Something is to be known, in one line. */
        void note(String line);
    }

    /**
     * @param every how often one is written
     * @param from the one to go on from
     */
    JobCheckpoints(
            JobFiles files,
            RunControl control,
            DiskReserve disk,
            Duration every,
            Optional<Path> from,
            Told told) {
        this.files = files;
        this.control = control;
        this.disk = disk;
        this.least = every.toNanos();
        this.pause = least;
        this.from = from;
        this.told = told;
    }

    /** The next run begins at the first step. */
    void forget() {
        from = Optional.empty();
    }

    @Override
    public Optional<Path> from() {
        return from;
    }

    @Override
    public boolean wants(Moment moment) {
        if (control.broken()) {
            return false;
        }
        boolean due = control.stopping() || System.nanoTime() - last >= pause;
        return due && disk.await(control::ending) && !control.broken();
    }

    @Override
    public void take(Snapshot snapshot) {
        long start = System.nanoTime();
        Path file = files.temporary(JobFiles.CHECKPOINT + ".new");
        try {
            snapshot.write(file, Map.of());
            files.putOnce(JobFiles.CHECKPOINT, file);
            told.kept(snapshot.done(), (System.nanoTime() - start) / 1e9);
        } catch (IOException | SvgenException e) {
            told.note("a checkpoint could not be kept: " + e.getMessage());
        }
        last = System.nanoTime();
        pause = least == 0 ? 0 : Math.max(least, RARELY * (last - start));
    }

    @Override
    public boolean stopping() {
        return control.stopping();
    }
}
