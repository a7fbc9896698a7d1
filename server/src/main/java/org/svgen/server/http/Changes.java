package org.svgen.server.http;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.svgen.server.blob.BlobKey;
import org.svgen.server.blob.Blobs;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobId;
import org.svgen.server.store.JobStore;
import org.svgen.server.store.Patched;
import org.svgen.server.wire.PatchReader;
import org.svgen.server.wire.Problem;
import org.svgen.server.wire.Refusal;
import org.svgen.server.wire.Spool;
import org.svgen.server.work.Live;
import org.svgen.server.work.Workers;

/** Changes of jobs: cancelled, deleted, moved. */
record Changes(
        JobStore store,
        Blobs blobs,
        Live live,
        Workers workers,
        Jobs jobs,
        Bodies bodies,
        Views views) {
    void cancel(Call call) {
        JobId id = jobs.of(call).id();
        Job job = store.cancel(id).orElseThrow(Call::noSuchVideo);
        workers.cancelled(id);
        live.changed(id);
        call.json(views.json(job, call.base()));
    }

    void delete(Call call) throws IOException {
        JobId id = jobs.of(call).id();
        if (store.delete(id).isEmpty()) {
            throw Call.noSuchVideo();
        }
        workers.cancelled(id);
        blobs.deleteAll(BlobKey.folder(id));
        live.changed(id);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", id.value());
        json.put("object", "video.deleted");
        json.put("deleted", true);
        call.json(json);
    }

    void patch(Call call) throws IOException {
        JobId id = jobs.of(call).id();
        PatchReader.Read read;
        try (Spool spool = bodies.spool()) {
            read = PatchReader.read(bodies.read(call, spool));
        }
        read.patch()
                .move()
                .filter(move -> jobs.find(move.other(), call.caller()).isEmpty())
                .ifPresent(_ -> {
                    throw noPlace(read);
                });
        switch (store.patch(id, read.patch())) {
            case Patched.Done(Job job) -> {
                live.changed(id);
                workers.wake();
                call.json(views.json(job, call.base()));
            }
            case Patched.NoSuchJob _ -> throw Call.noSuchVideo();
            case Patched.NotQueued(Job job) ->
                    throw new Refusal(
                            Problem.conflict(
                                    "not_queued",
                                    "the video does not wait any more, it is " + job.state().word(),
                                    false));
            case Patched.OtherNotQueued _ -> throw noPlace(read);
        }
    }

    private static Refusal noPlace(PatchReader.Read read) {
        return new Refusal(
                Problem.value(
                        read.moveField(),
                        read.moveField() + ": expected the id of another video that waits"));
    }
}
