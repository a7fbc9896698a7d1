package org.svgen.server.work;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Report;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.TooLargeException;
import org.svgen.resume.CheckpointException;
import org.svgen.resume.CheckpointInfo;
import org.svgen.server.job.Job;
import org.svgen.server.store.Recovery;
import org.svgen.server.store.StoreException;
import org.svgen.tensor.OutOfDeviceMemoryException;
import org.svgen.tensor.SvgenException;

/**
 * Makes the video of a job: from its checkpoint if there is one that fits, else from the first
 * step; and once more with less memory if there was too little.
 */
final class Rendering implements JobCheckpoints.Told {
    private static final double LESS = 0.75; // of the memory that was too much

    private final Workshop shop;
    private final ModelShelf shelf;
    private final Job job;
    private final RunControl control;
    private final JobFiles files;
    private final Request request;
    private @Nullable Plan plan;
    private @Nullable RunListener listener;
    private boolean counted;

    Rendering(
            Workshop shop,
            ModelShelf shelf,
            Job job,
            RunControl control,
            JobFiles files,
            Request request) {
        this.shop = shop;
        this.shelf = shelf;
        this.job = job;
        this.control = control;
        this.files = files;
        this.request = request;
    }

    /** By which the video was made. */
    Plan plan() {
        return present(plan);
    }

    RunListener listener() {
        return present(listener);
    }

    private static <T> T present(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("no video was made yet");
        }
        return value;
    }

    /** The video, for the caller to close. */
    Result result() throws IOException {
        try {
            return result(Long.MAX_VALUE);
        } catch (OutOfDeviceMemoryException | OutOfMemoryError e) {
            return withLess(e);
        }
    }

    private Result withLess(Throwable why) throws IOException {
        shelf.free();
        long limit = (long) (LESS * plan().peakBytes());
        note(
                "the memory did not suffice (%s); tried again with at most %d MB"
                        .formatted(
                                why instanceof SvgenException own
                                        ? Failures.line(own)
                                        : String.valueOf(why.getMessage()),
                                limit / 1_000_000));
        try {
            return result(limit);
        } catch (TooLargeException e) {
            throw new OutOfDeviceMemoryException(String.valueOf(e.getMessage()), why);
        }
    }

    private Result result(long most) throws IOException {
        Plan by = shelf.plan(job.model(), request, most);
        plan = by;
        Optional<Path> from = files.fetch(JobFiles.CHECKPOINT);
        JobCheckpoints checkpoints =
                new JobCheckpoints(
                        files, control, shop.disk(), shop.settings().checkpointEvery(), from, this);
        try {
            return generate(by, checkpoints, from.isPresent() ? step(from.get()) : 0);
        } catch (CheckpointException e) {
            note("began again at the first step: " + String.join("; ", e.reasons()));
            checkpoints.forget();
            return generate(by, checkpoints, 0);
        }
    }

    private static int step(Path checkpoint) {
        return CheckpointInfo.read(checkpoint).step();
    }

    private Result generate(Plan by, JobCheckpoints checkpoints, int step) {
        RunMeter meter =
                new RunMeter(
                        shop.estimates().stages(job.model(), request, by), request.steps(), step);
        listener =
                new RunListener(
                        job.id(),
                        control,
                        meter,
                        shop.live(),
                        shop.folders().book(job.model()),
                        new RunListener.Told() {
                            @Override
                            public void began() {
                                count(checkpoints);
                            }

                            @Override
                            public void step(Report.Step done) {
                                observe(done);
                            }

                            @Override
                            public void note(String line) {
                                Rendering.this.note(line);
                            }
                        });
        return shelf.use(job.model()).generate(request, by, listener(), checkpoints);
    }

    /** The run goes on: nothing was wrong with its checkpoint, or it has none. */
    private void count(JobCheckpoints checkpoints) {
        if (!counted && job.run().attempts() > 1) {
            counted = true;
            boolean resumed = checkpoints.from().isPresent();
            shop.store()
                    .recovered(control.claim(), resumed ? Recovery.RESUMED : Recovery.RESTARTED);
        }
    }

    private void observe(Report.Step step) {
        shop.observer()
                .step(
                        job.model(),
                        request.attention().mode().toString(),
                        step.seconds(),
                        step.density());
    }

    @Override
    public void kept(int steps, double seconds) {
        shop.observer().checkpoint(seconds);
        if (shop.store().checkpointed(control.claim(), steps).isEmpty()) {
            control.end(RunControl.End.VOID);
        }
    }

    /** A warning that the store does not take is no reason to end a run. */
    @Override
    public void note(String line) {
        try {
            shop.store().warn(control.claim(), line);
        } catch (StoreException e) {
            shop.log().accept("%s: %s".formatted(job.id(), line));
        }
    }
}
