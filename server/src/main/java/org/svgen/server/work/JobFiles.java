package org.svgen.server.work;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.svgen.files.Scratch;
import org.svgen.server.blob.Blob;
import org.svgen.server.blob.BlobKey;
import org.svgen.server.blob.Blobs;
import org.svgen.server.job.JobId;

/** The files of a job while a run has it: those that last, and a folder for what does not. */
final class JobFiles implements AutoCloseable {
    static final String VIDEO = "video.mp4";
    static final String THUMBNAIL = "thumbnail.png";
    static final String SPRITESHEET = "spritesheet.png";
    static final String REPORT = "report.json";
    static final String CHECKPOINT = "checkpoint";

    /** Comes last: where it is, all results are. */
    static final String OUTCOME = "outcome.json";

    private final JobId job;
    private final Blobs blobs;
    private final Patience patience;
    private final Scratch scratch;

    /**
     * @param folder for what does not last
     */
    JobFiles(JobId job, Blobs blobs, Patience patience, Path folder) {
        this.job = job;
        this.blobs = blobs;
        this.patience = patience;
        try {
            this.scratch = Scratch.in(folder, job.value());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A name in the folder for what does not last. */
    Path temporary(String name) {
        return scratch.path().resolve(name);
    }

    /** Makes a file last. */
    long put(String name, Path file) throws IOException {
        return patience.with(() -> putOnce(name, file));
    }

    /** Makes a file last that a run can do without. */
    long putOnce(String name, Path file) throws IOException {
        return blobs.put(BlobKey.of(job, name), file);
    }

    long put(String name, byte[] content) throws IOException {
        return patience.with(
                () -> blobs.put(BlobKey.of(job, name), new ByteArrayInputStream(content)));
    }

    /** A copy on this machine of a file that lasts. */
    Optional<Path> fetch(BlobKey key, String name) throws IOException {
        return patience.with(() -> {
            Optional<Blob> found = blobs.open(key);
            if (found.isEmpty()) {
                return Optional.empty();
            }
            try (Blob blob = found.get()) {
                return copied(blob, temporary(name));
            }
        });
    }

    private static Optional<Path> copied(Blob blob, Path copy) throws IOException {
        InputStream bytes;
        try {
            bytes = blob.read();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        try (bytes) {
            Files.copy(bytes, copy, StandardCopyOption.REPLACE_EXISTING);
        }
        return Optional.of(copy);
    }

    Optional<Path> fetch(String name) throws IOException {
        return fetch(BlobKey.of(job, name), name);
    }

    void delete(String name) throws IOException {
        patience.with(() -> {
            blobs.delete(BlobKey.of(job, name));
            return name;
        });
    }

    /** What only an unfinished job needs. */
    void deleteUnfinished() throws IOException {
        delete(CHECKPOINT);
        delete(OUTCOME);
    }

    /** What a run made, as far as it came. */
    void deleteResults() throws IOException {
        for (String name : new String[] {OUTCOME, VIDEO, THUMBNAIL, SPRITESHEET, REPORT}) {
            delete(name);
        }
    }

    /** All, also what came with the job. */
    void deleteAll() throws IOException {
        patience.with(() -> {
            blobs.deleteAll(BlobKey.folder(job));
            return job;
        });
    }

    @Override
    public void close() {
        scratch.close();
    }
}
