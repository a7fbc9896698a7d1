package org.svgen.server.retention;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.svgen.server.blob.BlobKey;
import org.svgen.server.blob.Blobs;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobId;
import org.svgen.server.store.JobStore;

/**
 * Files of jobs that are not there any more, or say that their files are gone: a kill came between
 * the record and its files. Pictures of a job that is just being accepted have no record yet, so
 * files without one go only if they were so an hour ago too.
 */
final class Strays {
    private static final String FOLDER = "jobs";
    private static final Duration PAUSE = Duration.ofHours(1);

    private final JobStore store;
    private final Blobs blobs;
    private final InstantSource clock;
    private Set<String> suspects = Set.of();
    private long next = Long.MIN_VALUE;

    Strays(JobStore store, Blobs blobs, InstantSource clock) {
        this.store = store;
        this.blobs = blobs;
        this.clock = clock;
    }

    /** Removes them, once an hour. */
    void remove() throws IOException {
        if (clock.millis() < next) {
            return;
        }
        next = clock.millis() + PAUSE.toMillis();
        Set<String> unknown = new HashSet<>();
        for (String id : ids()) {
            Optional<JobId> known = JobId.parse(id);
            if (known.isEmpty()) {
                continue; // Not ours.
            }
            Optional<Job> job = store.find(known.get());
            boolean gone = job.map(j -> j.content().gone()).orElse(suspects.contains(id));
            if (gone) {
                blobs.deleteAll(BlobKey.folder(known.get()));
            } else if (job.isEmpty()) {
                unknown.add(id);
            }
        }
        suspects = unknown;
    }

    private Set<String> ids() throws IOException {
        Set<String> ids = new LinkedHashSet<>();
        for (BlobKey key : blobs.list(FOLDER)) {
            List<String> parts = List.of(key.value().split("/", -1));
            if (parts.size() > 2) {
                ids.add(parts.get(1));
            }
        }
        return ids;
    }
}
