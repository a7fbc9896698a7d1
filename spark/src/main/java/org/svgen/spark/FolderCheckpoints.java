package org.svgen.spark;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.svgen.resume.Checkpoints;
import org.svgen.resume.Moment;
import org.svgen.resume.Snapshot;
import org.svgen.tensor.SvgenException;

/** Keeps how far a video is where every executor finds it. */
final class FolderCheckpoints implements Checkpoints {
    private static final Logger LOG = LoggerFactory.getLogger(FolderCheckpoints.class);

    /** Writing takes one part in so many of the time, at most. */
    private static final int RARELY = 50;

    private final OutputFolder output;
    private final String name;
    private final String writer;
    private final Path scratch;
    private final long least; // nanoseconds from one to the next
    private long pause;
    private long last = System.nanoTime();
    private Optional<Path> from;

    /**
     * @param key of the video
     * @param writer nobody else is called so
     * @param scratch a folder of this machine
     * @param every how often one is written
     */
    FolderCheckpoints(OutputFolder output, String key, String writer, Path scratch, Duration every)
            throws IOException {
        this.output = output;
        this.name = name(key);
        this.writer = writer;
        this.scratch = scratch;
        this.least = every.toNanos();
        this.pause = least;
        this.from = output.fetch(name, scratch.resolve("from"));
    }

    static String name(String key) {
        return OutputFolder.own(key + ".checkpoint");
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
        return System.nanoTime() - last >= pause;
    }

    /** A video does not end because a checkpoint finds no room. */
    @Override
    public void take(Snapshot snapshot) {
        long start = System.nanoTime();
        try {
            Path file = scratch.resolve("checkpoint");
            snapshot.write(file, Map.of());
            output.write(name, writer, file);
        } catch (IOException | SvgenException e) {
            LOG.warn("no checkpoint of step {}: {}", snapshot.done(), Failures.line(e));
        }
        last = System.nanoTime();
        pause = least == 0 ? 0 : Math.max(least, RARELY * (last - start));
    }
}
