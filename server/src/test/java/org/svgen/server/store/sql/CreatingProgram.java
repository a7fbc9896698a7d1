package org.svgen.server.store.sql;

import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.Optional;
import org.svgen.server.blob.BlobKey;
import org.svgen.server.blob.FolderBlobs;
import org.svgen.server.job.NewJob;
import org.svgen.server.store.Idempotency;
import org.svgen.server.store.JobStore;
import org.svgen.server.store.StoreSettings;

/** Takes jobs as fast as it can, each with a picture and a key, and prints each that is taken. */
final class CreatingProgram {
    private CreatingProgram() {}

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        JobStore store = JobStores.sqlite(folder, StoreSettings.plain());
        FolderBlobs blobs = FolderBlobs.open(folder.resolve("blobs"));
        while (true) {
            NewJob job = Fixtures.job("", "demo", 0);
            String id = job.id().value();
            blobs.put(BlobKey.of(job.id(), "image"), new ByteArrayInputStream(id.getBytes()));
            store.create(job, Optional.of(new Idempotency(id, id)), Fixtures.NO_LIMITS);
            System.out.println(id);
        }
    }
}
