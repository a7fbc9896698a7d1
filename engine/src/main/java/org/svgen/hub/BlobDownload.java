package org.svgen.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.svgen.tensor.SvgenException;

/** Fetches one file into the snapshot. May be run again after any end. */
final class BlobDownload {
    private static final int BUFFER = 1 << 18;
    private static final Pattern RANGE = Pattern.compile("bytes (\\d{1,18})-.*");

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

    void run() throws InterruptedException {
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
        if (!there) {
            Path path = exclusive ? Snapshot.partial(blob) : Snapshot.unique(blob);
            try (Partial partial = Partial.open(path, file)) {
                fetch(partial);
                partial.publish(blob);
            } finally {
                if (!exclusive) {
                    deleteQuietly(path);
                }
            }
        }
        pull.snapshot().link(file, !there);
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
            pull.listener().note(label + ": what was here was damaged; downloading it anew");
        }
    }

    private void fill(Partial partial) throws InterruptedException {
        Retry retry =
                new Retry(
                        pull.settings(),
                        pull.listener(),
                        label,
                        "what is here is kept, and the same command goes on");
        while (partial.size() < file.size()) {
            long before = partial.size();
            try {
                transfer(partial);
            } catch (IOException e) {
                if (partial.size() > before) {
                    retry.progressed();
                }
                retry.after(e);
            }
        }
    }

    /** Appends what one answer brings; returns early only by an exception. */
    private void transfer(Partial partial) throws IOException, InterruptedException {
        long at = partial.size();
        Map<String, String> range = at == 0 ? Map.of() : Map.of("Range", "bytes=" + at + "-");
        try (Http.Answer answer =
                pull.http().get(pull.api().address(pull.plan().commit(), file.name()), range)) {
            if (answer.status() == 416) {
                partial.restart();
                throw new TransientException("the hub cannot go on where we stopped", null);
            }
            pull.api().check(answer, file.name());
            if (at > 0 && !continues(answer, at)) {
                partial.restart();
            }
            copy(answer, partial);
        }
        if (partial.size() < file.size()) {
            throw new IOException("%d of %d bytes came".formatted(partial.size(), file.size()));
        }
    }

    /** False if the answer is the whole file after all. */
    private static boolean continues(Http.Answer answer, long at) throws IOException {
        if (answer.status() != 206) {
            return false;
        }
        Matcher range = RANGE.matcher(answer.header("Content-Range"));
        if (!range.matches() || Long.parseLong(range.group(1)) != at) {
            throw new TransientException("the hub sent another part than asked for", null);
        }
        return true;
    }

    private void copy(Http.Answer answer, Partial partial) throws IOException {
        byte[] buffer = new byte[BUFFER];
        try (StallWatch.Transfer body = pull.watch().begin(answer.body())) {
            // Beyond the size that was listed, the hash is wrong anyway.
            while (partial.size() <= file.size()) {
                done.set(partial.size());
                int n = body.read(buffer);
                if (n < 0) {
                    return;
                }
                partial.append(buffer, n);
            }
        }
    }

    private static void deleteQuietly(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // A left-over of a cache without locks; harmless.
        }
    }
}
