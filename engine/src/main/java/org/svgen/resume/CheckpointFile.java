package org.svgen.resume;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntConsumer;

/**
 * Checkpoints of one run in one file, each in place of the one before. Serves one run; any thread
 * may ask it to stop.
 */
public final class CheckpointFile implements Checkpoints {
    /** Of a disk that is not known yet, with what the device takes to hand out the bytes. */
    private static final double BYTES_PER_NANO = 0.2;

    private final Path file;
    private final Pace pace;
    private final Map<String, String> notes;
    private boolean goesOn;
    private IntConsumer whenWritten = step -> {};
    private volatile boolean stopping;
    private volatile int written = -1;
    private int lastStep;
    private long last = System.nanoTime();
    private double nanosPerByte = 1 / BYTES_PER_NANO;

    /**
     * Begins at the first step.
     *
     * @param file of the checkpoints
     * @param pace how often one is written
     * @param notes for whoever reads the file
     */
    public CheckpointFile(Path file, Pace pace, Map<String, String> notes) {
        this.file = Objects.requireNonNull(file, "file");
        this.pace = Objects.requireNonNull(pace, "pace");
        this.notes = Map.copyOf(notes);
    }

    /** {@return this, going on from the file if there is one} */
    public CheckpointFile goOn() {
        goesOn = true;
        return this;
    }

    /**
     * {@return this}
     *
     * @param told on the run's thread, of the steps that are done in a checkpoint that was written
     */
    public CheckpointFile whenWritten(IntConsumer told) {
        whenWritten = Objects.requireNonNull(told, "told");
        return this;
    }

    /** Has the run write a checkpoint behind the step under way, and end. From any thread. */
    public void stop() {
        stopping = true;
    }

    /** {@return the steps that are done in the last checkpoint that this run wrote, if any} */
    public OptionalInt written() {
        return written < 0 ? OptionalInt.empty() : OptionalInt.of(written);
    }

    @Override
    public Optional<Path> from() {
        return goesOn && Files.exists(file) ? Optional.of(file) : Optional.empty();
    }

    @Override
    public boolean wants(Moment moment) {
        if (stopping) {
            return true;
        }
        int steps = moment.done() - lastStep;
        long nanos = System.nanoTime() - last;
        return pace.due(steps, nanos, 0) && pace.due(steps, nanos, moment.bytes() * nanosPerByte);
    }

    /**
     * {@inheritDoc}
     *
     * @throws org.svgen.tensor.SvgenException if it cannot be written, which ends the run; what was
     *     there is there
     */
    @Override
    public void take(Snapshot snapshot) {
        long start = System.nanoTime();
        lastStep = snapshot.done();
        try {
            snapshot.write(file, notes);
        } finally {
            last = System.nanoTime(); // where it failed, too: not again at the next step
            nanosPerByte = (double) (last - start) / Math.max(1, snapshot.bytes());
        }
        written = lastStep;
        whenWritten.accept(lastStep);
    }

    @Override
    public boolean stopping() {
        return stopping;
    }
}
