package org.svgen.run;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.svgen.pipeline.CancelledException;
import org.svgen.resume.CheckpointInfo;
import org.svgen.resume.Checkpoints;
import org.svgen.resume.SavedRun;
import org.svgen.resume.Snapshot;
import org.svgen.resume.StoredRun;
import org.svgen.state.State;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Lease;

/** A run's checkpoints: the one that it goes on from, and those that it writes. */
final class Keeping implements AutoCloseable {
    private final Checkpoints asked;
    private final Backend backend;
    private final Header header;
    private final @Nullable StoredRun stored;
    private boolean stepping;
    private int done;
    private int written = -1; // steps that are done in the newest checkpoint

    /**
     * What a run's checkpoints say of themselves.
     *
     * @param info a header of a step
     * @param known whether it could be had without waiting
     */
    record Header(Function<Integer, CheckpointInfo> info, Supplier<Boolean> known) {}

    private Keeping(Checkpoints asked, Backend backend, Header header, @Nullable StoredRun stored) {
        this.asked = asked;
        this.backend = backend;
        this.header = header;
        this.stored = stored;
        if (stored != null) {
            written = stored.info().step();
        }
    }

    /** Of a run that is played through. */
    static Keeping nothing(Backend backend) {
        Header none =
                new Header(
                        step -> {
                            throw new IllegalStateException("nothing is kept");
                        },
                        () -> false);
        return new Keeping(Checkpoints.NONE, backend, none, null);
    }

    /**
     * @throws org.svgen.resume.CheckpointException if there is a checkpoint to go on from, and it
     *     does not fit
     */
    static Keeping of(Checkpoints asked, Backend backend, Supplier<Header> headers) {
        if (asked == Checkpoints.NONE) {
            return nothing(backend);
        }
        Header header = headers.get();
        Optional<Path> from = asked.from();
        if (from.isEmpty()) {
            return new Keeping(asked, backend, header, null);
        }
        StoredRun stored = StoredRun.open(from.get());
        try {
            stored.requireWhole(backend::ask);
            stored.require(header.info.apply(stored.info().step()));
            return new Keeping(asked, backend, header, stored);
        } catch (RuntimeException | Error e) {
            stored.close();
            throw e;
        }
    }

    /** While it is open, whoever wants to stop ends the run where nothing can be lost. */
    Lease lease() {
        return asked == Checkpoints.NONE ? () -> {} : backend.lease(this::ask);
    }

    private void ask() {
        if (asked.stopping() && (!stepping || written == done)) {
            throw stopped();
        }
    }

    private CancelledException stopped() {
        return written < 0
                ? new CancelledException()
                : new CancelledException(
                        "stopped behind step %d, of which there is a checkpoint"
                                .formatted(written));
    }

    /** The first step to take. */
    int begin() {
        return stored == null ? 0 : stored.info().step();
    }

    /** Gives back some of the state in which the run was before {@link #begin}. */
    void goOn(Consumer<State> some) {
        if (stored != null) {
            some.accept(stored.state(backend));
        }
    }

    /** Steps are taken from here on, so a stop waits for the end of one; nothing is given back. */
    void steps(int first) {
        stepping = true;
        done = first;
        close();
    }

    /** No steps are taken from here on. */
    void rest() {
        stepping = false;
    }

    /**
     * So many steps are done.
     *
     * @param run says its state
     */
    void behind(int stepsDone, int steps, Consumer<State> run) {
        done = stepsDone;
        if (asked == Checkpoints.NONE) {
            return;
        }
        boolean stop = asked.stopping();
        Moment moment = new Moment(stepsDone, steps, run);
        if ((stop || header.known.get()) && asked.wants(moment)) {
            asked.take(moment);
        }
        if (stop) {
            throw stopped();
        }
    }

    /** The run as it is; its state is asked for once, and only if somebody wants to know. */
    private final class Moment implements Snapshot {
        private final int stepsDone;
        private final int steps;
        private final Consumer<State> run;
        private @Nullable SavedRun saved;

        Moment(int stepsDone, int steps, Consumer<State> run) {
            this.stepsDone = stepsDone;
            this.steps = steps;
            this.run = run;
        }

        @Override
        public int done() {
            return stepsDone;
        }

        @Override
        public int steps() {
            return steps;
        }

        private SavedRun saved() {
            SavedRun all = saved;
            if (all == null) {
                all = new SavedRun(backend);
                run.accept(all);
                saved = all;
            }
            return all;
        }

        @Override
        public long bytes() {
            return saved().bytes();
        }

        @Override
        public CheckpointInfo info() {
            return header.info.apply(stepsDone);
        }

        @Override
        public void write(Path file, Map<String, String> notes) {
            saved().write(file, info().with(notes));
            written = stepsDone;
        }
    }

    @Override
    public void close() {
        if (stored != null) {
            stored.close();
        }
    }
}
