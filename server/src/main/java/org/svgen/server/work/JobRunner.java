package org.svgen.server.work;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.svgen.pipeline.Report;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.run.StillVideo;
import org.svgen.server.blob.BlobKey;
import org.svgen.server.blob.BlobsAwayException;
import org.svgen.server.job.Claim;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobError;
import org.svgen.server.job.JobState;
import org.svgen.server.store.Completion;
import org.svgen.server.store.Requeue;
import org.svgen.server.store.StoreException;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.StoppedException;
import org.svgen.tensor.SvgenException;
import org.svgen.tensor.device.Backend;

/** Runs one job from its claim to its end, whatever comes. */
final class JobRunner {
    private static final long MILLIS_BETWEEN_TRIES = 1000; // of a store that does not answer

    private final Workshop shop;
    private final ModelShelf shelf;
    private final Backend device;
    private final Job job;
    private final RunControl control;

    JobRunner(Workshop shop, ModelShelf shelf, Backend device, Job job, RunControl control) {
        this.shop = shop;
        this.shelf = shelf;
        this.device = device;
        this.job = job;
        this.control = control;
    }

    private Claim claim() {
        return control.claim();
    }

    /**
     * Runs it. However that ends, the store knows, or finds out when the claim runs out.
     *
     * @throws LostDeviceException if the device must be opened again
     */
    void run() {
        Patience patience =
                new Patience(control::ending, line -> shop.log().accept(job.id() + ": " + line));
        try (JobFiles files =
                new JobFiles(job.id(), shop.blobs(), patience, shop.folders().scratch())) {
            try {
                Optional<Results> before = Results.found(files);
                complete(files, before.isPresent() ? before.get() : made(files));
            } catch (StoppedException e) {
                ended(files);
            } catch (StoreException e) {
                shop.log().accept("%s: %s".formatted(job.id(), e.getMessage()));
            } catch (IOException | RuntimeException | OutOfMemoryError e) {
                failed(files, e);
            }
        } finally {
            shop.live().ended(job.id());
            shop.live().changed(job.id());
        }
    }

    private Results made(JobFiles files) throws IOException {
        try (Arena arena = Arena.ofShared()) {
            Request request =
                    Requests.of(
                            shelf.use(job.model()),
                            job.request().settings(),
                            pictures(files),
                            arena);
            Rendering rendering = new Rendering(shop, shelf, job, control, files, request);
            try (Result result = rendering.result()) {
                StillVideo.note(result.clip())
                        .ifPresent(note -> {
                            throw new StillVideoException(note);
                        });
                shop.folders().book(job.model()).learn(result);
                tell(request, rendering, result.report());
                return written(files, request, rendering, result);
            }
        }
    }

    private Map<String, Path> pictures(JobFiles files) throws IOException {
        Map<String, Path> pictures = new HashMap<>();
        for (Map.Entry<String, String> input : job.request().inputs().entrySet()) {
            Path copy =
                    files.fetch(new BlobKey(input.getValue()), input.getKey())
                            .orElseThrow(() ->
                                    new BadInputException(
                                            "the picture %s is not there any more"
                                                    .formatted(input.getKey())));
            pictures.put(input.getKey(), copy);
        }
        return pictures;
    }

    private void tell(Request request, Rendering rendering, Report report) {
        String model = job.model();
        shop.estimates().learn(model, request, rendering.plan(), report);
        report.stageSeconds()
                .forEach((stage, seconds) -> shop.observer().stage(model, stage.text(), seconds));
        shop.observer().memory(rendering.plan().peakBytes(), report.peakBytes());
    }

    /** Waits for room where there is none: the video is made, and would be lost. */
    private Results written(JobFiles files, Request request, Rendering rendering, Result result)
            throws IOException {
        while (true) {
            if (!shop.disk().await(control::ending) || control.ending() || !claimed()) {
                throw new StoppedException("the video was made, but is not written here");
            }
            try {
                return Results.write(
                        files, request, rendering.plan(), result, rendering.listener());
            } catch (IOException | BadInputException e) {
                if (shop.disk().full().isEmpty()) {
                    throw e;
                }
            }
        }
    }

    /** Who was given the job later may have written the same files. */
    private boolean claimed() {
        boolean mine =
                asked(() -> shop.store().heartbeat(claim(), shop.settings().lease())).isPresent();
        if (!mine) {
            control.end(RunControl.End.VOID);
        }
        return mine;
    }

    private void complete(JobFiles files, Results results) throws IOException {
        Completion completion =
                new Completion(results.outcome(), results.bytes(), shop.settings().keepMillis());
        Optional<Job> done = asked(() -> shop.store().complete(claim(), completion));
        if (done.isEmpty()) {
            deleteIfGone(files);
        } else if (done.get().state() == JobState.COMPLETED) {
            tidy(files);
            shop.log().accept("%s: completed".formatted(job.id()));
        } else {
            files.deleteResults();
            files.deleteUnfinished();
        }
    }

    /** The job is done: what only a run needs goes now, or with the video. */
    private void tidy(JobFiles files) {
        try {
            files.deleteUnfinished();
        } catch (IOException e) {
            shop.log().accept("%s: its checkpoint stays: %s".formatted(job.id(), e.getMessage()));
        }
    }

    /** Somebody ended the run before its time. */
    private void ended(JobFiles files) {
        RunControl.End why = control.end().orElse(RunControl.End.STOPPED);
        switch (why) {
            case STOPPED -> asked(() -> shop.store().requeue(claim(), Requeue.STOPPED));
            case CANCELLED -> fail(files, JobError.cancelled());
            case VOID -> deleteIfGone(files);
        }
        shop.log().accept("%s: %s".formatted(job.id(), words(why)));
    }

    private static String words(RunControl.End why) {
        return switch (why) {
            case STOPPED -> "stopped, waits again";
            case CANCELLED -> "cancelled";
            case VOID -> "let go: it is gone, or another worker's";
        };
    }

    private void failed(JobFiles files, Throwable e) {
        boolean givenUp = e instanceof BlobsAwayException && control.ending();
        if (control.broken() || givenUp) {
            ended(files);
            return;
        }
        boolean ofDevice = e instanceof SvgenException && !(e instanceof BadInputException);
        if (ofDevice && !DeviceProbe.works(device)) {
            asked(() -> shop.store().requeue(claim(), Requeue.RETRY));
            throw new LostDeviceException(
                    "%s does not work any more: %s".formatted(device.name(), e.getMessage()), e);
        }
        JobError error =
                e instanceof StillVideoException still
                        ? Failures.still(still.note())
                        : Failures.of(e);
        fail(files, error);
        shop.log().accept("%s: failed: %s".formatted(job.id(), error.message()));
    }

    private void fail(JobFiles files, JobError error) {
        Optional<Job> done = asked(() -> shop.store().fail(claim(), error));
        try {
            if (done.isPresent()) {
                files.deleteResults();
                files.deleteUnfinished();
            } else {
                deleteIfGone(files);
            }
        } catch (IOException e) {
            shop.log().accept("%s: %s".formatted(job.id(), e.getMessage()));
        }
    }

    /**
     * The files of a job that was deleted while it ran; those of one that others run are theirs.
     */
    private void deleteIfGone(JobFiles files) {
        try {
            if (asked(() -> shop.store().find(job.id())).isEmpty()) {
                files.deleteAll();
            }
        } catch (IOException e) {
            shop.log().accept("%s: %s".formatted(job.id(), e.getMessage()));
        }
    }

    /** Asks the store until it answers: what was made should not be lost to a short failure. */
    private <T> T asked(Supplier<T> question) {
        while (true) {
            try {
                return question.get();
            } catch (StoreException e) {
                if (control.ending()) {
                    throw e;
                }
                shop.log().accept("%s: %s; trying again".formatted(job.id(), e.getMessage()));
                pause(e);
            }
        }
    }

    private static void pause(StoreException why) {
        try {
            Thread.sleep(MILLIS_BETWEEN_TRIES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw why;
        }
    }
}
