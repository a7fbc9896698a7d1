package org.svgen.hub;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.svgen.tensor.SvgenException;

/** Fetches one file into the snapshot. May be run again after any end. */
final class BlobDownload implements AtOnce.Task {
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
            try (Partial partial = Partial.open(path, file.content(), pull::requireWanted)) {
                file.held().ifPresent(h -> partial.copy(h.blob(), pull::requireWanted));
                new Transfer(
                                pull.settings(),
                                pull.listener(),
                                pull.http(),
                                new FromHub(),
                                file.content(),
                                done)
                        .into(partial);
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

    /** The hub, asked for this file. */
    private final class FromHub implements Transfer.Source {
        @Override
        public String label() {
            return label;
        }

        @Override
        public String sender() {
            return "the hub";
        }

        @Override
        public String elsewhere() {
            return Retry.OTHER_HUB;
        }

        @Override
        public URI address() {
            return pull.api().address(pull.plan().commit(), file.name());
        }

        @Override
        public SvgenException wrongContent(String message) {
            return new SvgenException(message);
        }

        @Override
        public void check(Http.Answer answer) throws IOException {
            pull.api().check(answer, file.name());
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
