package org.svgen.hub;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.svgen.tensor.SvgenException;

/** Fetches one file into the snapshot. May be run again after any end. */
final class BlobDownload implements AtOnce.Task {
    private static final int BUFFER = 1 << 18;

    /** After such a part of a file, but no less than the least step, failures count from zero. */
    private static final long STEPS_PER_FILE = 256;

    private static final long MIN_STEP_BYTES = 1 << 16;

    private final Pull pull;
    private final PullPlan.File file;
    private final String label;
    private final AtomicLong done = new AtomicLong();

    BlobDownload(Pull pull, PullPlan.File file) {
        this.pull = pull;
        this.file = file;
        this.label = pull.plan().id().repo() + ": " + file.name();
        this.done.set(file.here());
    }

    /** Bytes that are on disk. */
    long done() {
        return done.get();
    }

    @Override
    public void run() throws InterruptedException {
        if (!isInPlace()) {
            Path lock = pull.cache().lock(pull.plan().id(), file.hash());
            try (FileGuard guard = FileGuard.take(lock, pull.listener(), this::tellThatWeWait)) {
                if (!isInPlace()) {
                    place(guard.exclusive());
                }
            }
        }
        done.set(file.size());
    }

    private boolean isInPlace() {
        return Snapshot.has(pull.snapshot().pointer(file), file.size());
    }

    private void tellThatWeWait() {
        pull.listener().note(label + ": waiting for another process that downloads it");
    }

    private void place(boolean exclusive) throws InterruptedException {
        Path blob = pull.snapshot().blob(file);
        boolean there = Snapshot.has(blob, file.size());
        if (!there && linkHeld(blob)) {
            if (exclusive) {
                deleteQuietly(Snapshot.partial(blob)); // an earlier download began it
            }
        } else if (!there) {
            Path path = exclusive ? Snapshot.partial(blob) : Snapshot.unique(blob);
            try (Partial partial = Partial.open(path, file, pull::requireWanted)) {
                file.held().ifPresent(h -> partial.copy(h.blob(), pull::requireWanted));
                fetch(partial);
                partial.publish(blob);
            } finally {
                if (!exclusive) {
                    deleteQuietly(path);
                }
            }
        }
        pull.snapshot().link(file, !there, pull::requireWanted);
    }

    private boolean linkHeld(Path blob) {
        try {
            return file.held().isPresent() && file.held().get().link(blob);
        } catch (IOException e) {
            throw Cache.cannotWrite(blob, e);
        }
    }

    /** Returns when {@code partial} is all that it should be. */
    private void fetch(Partial partial) throws InterruptedException {
        while (true) {
            fill(partial);
            String found = partial.hash();
            if (found.equals(file.hash())) {
                return;
            }
            boolean resumed = partial.resumed();
            partial.restart();
            done.set(0);
            if (!resumed) {
                partial.delete();
                throw new SvgenException(
                        "%s: wrong content: expected hash %s, found %s; deleted, the same command downloads it again"
                                .formatted(label, file.hash(), found));
            }
            pull.listener().note(label + ": what was here was damaged; downloading it again");
        }
    }

    private void fill(Partial partial) throws InterruptedException {
        int attempts = pull.settings().patience().attempts();
        Retry retry =
                new Retry(
                        pull.settings(),
                        pull.listener(),
                        label,
                        "what is here is kept, and the same command goes on",
                        new Retry.Tries(attempts, attempts));
        // Never counted down: what comes a second time, after a restart, is no progress.
        long mark = partial.size();
        long step = Math.max(MIN_STEP_BYTES, file.size() / STEPS_PER_FILE);
        while (partial.size() < file.size()) {
            try {
                transfer(partial);
            } catch (IOException e) {
                if (partial.size() - mark >= step) {
                    mark = partial.size();
                    retry.progressed();
                }
                if (partial.restarts() > attempts) {
                    throw new SvgenException(
                            "%s: the connection breaks, and the hub sends only the whole file; given up after %d attempts"
                                    .formatted(label, attempts),
                            e);
                }
                retry.after(e);
            }
        }
    }

    /** Appends what one answer brings; returns early only by an exception. */
    private void transfer(Partial partial) throws IOException, InterruptedException {
        long at = partial.size();
        Map<String, String> range = at == 0 ? Map.of() : Map.of("Range", "bytes=" + at + "-");
        URI address = pull.api().address(pull.plan().commit(), file.name());
        try (Http.Answer answer = pull.http().get(address, range, null)) {
            if (answer.status() == 416) {
                Extent.require(Extent.totalOfNone(answer), file.size());
                partial.restart();
                throw new WrongAnswerException("the hub cannot go on where we stopped");
            }
            pull.api().check(answer, file.name());
            answer.requirePlain();
            Extent extent = Extent.of(answer);
            extent.require(file.size());
            if (extent.from() == 0 && at > 0) {
                partial.restart();
            } else if (extent.from() != at) {
                throw new WrongAnswerException(
                        "expected the part from byte %d, found that from byte %d"
                                .formatted(at, extent.from()));
            }
            copy(answer.body(), partial);
        }
        if (partial.size() < file.size()) {
            throw new IOException("%d of %d bytes came".formatted(partial.size(), file.size()));
        }
    }

    private void copy(Body body, Partial partial) throws IOException, InterruptedException {
        byte[] buffer = new byte[BUFFER];
        done.set(partial.size());
        for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
            if (n > file.size() - partial.size()) {
                partial.restart();
                throw new WrongAnswerException(
                        "the hub lists %d bytes, but sends more".formatted(file.size()));
            }
            partial.append(buffer, n);
            done.set(partial.size());
        }
    }

    private static void deleteQuietly(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // A left-over that the removal of the model takes along; harmless.
        }
    }
}
