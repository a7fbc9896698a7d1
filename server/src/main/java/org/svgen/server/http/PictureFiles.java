package org.svgen.server.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.svgen.server.blob.Blob;
import org.svgen.server.blob.BlobKey;
import org.svgen.server.blob.Blobs;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobId;
import org.svgen.server.wire.PictureLoader;
import org.svgen.server.wire.PictureSource;
import org.svgen.server.wire.Spool;
import org.svgen.server.wire.Wish;

/** The pictures of a request on their way to the files of a job. */
record PictureFiles(PictureLoader loader, Blobs blobs) {
    /** Those of a wish, or else those of the job that it varies, each in a temporary file. */
    Map<String, Path> load(Wish wish, Optional<Job> earlier, Spool spool) throws IOException {
        Map<String, Path> files = new HashMap<>();
        for (Map.Entry<String, PictureSource> picture : wish.pictures().entrySet()) {
            files.put(picture.getKey(), loader.load(picture.getValue(), spool).file());
        }
        if (files.isEmpty() && earlier.isPresent()) {
            for (var input : earlier.get().request().inputs().entrySet()) {
                files.put(input.getKey(), copy(new BlobKey(input.getValue()), spool));
            }
        }
        return files;
    }

    private Path copy(BlobKey key, Spool spool) throws IOException {
        try (Blob blob = blobs.open(key).orElseThrow(() -> new IOException("there is no " + key));
                InputStream bytes = blob.read()) {
            return spool.keep(bytes).file();
        }
    }

    /** Puts pictures under the name of a job, where they last; returns their keys. */
    Map<String, String> keep(JobId id, Map<String, Path> files) throws IOException {
        Map<String, String> keys = new HashMap<>();
        for (Map.Entry<String, Path> file : files.entrySet()) {
            BlobKey key = BlobKey.of(id, file.getKey());
            blobs.put(key, file.getValue());
            keys.put(file.getKey(), key.value());
        }
        return keys;
    }

    void drop(JobId id) throws IOException {
        blobs.deleteAll(BlobKey.folder(id));
    }
}
