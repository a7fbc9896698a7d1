package org.svgen.server.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.svgen.server.blob.Blob;
import org.svgen.server.blob.BlobKey;
import org.svgen.server.blob.Blobs;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobState;
import org.svgen.server.wire.Problem;
import org.svgen.server.wire.Refusal;
import org.svgen.server.work.Live;
import org.svgen.server.work.Preview;

/** Files of jobs: the video and its pictures, whole or in part, the report, the newest preview. */
record Contents(Blobs blobs, Live live, Jobs jobs) {
    /** Files by the variants that OpenAI's clients ask for. */
    private static final Map<String, StoredFile> VARIANTS =
            Map.of(
                    "video", new StoredFile("video.mp4", "video/mp4"),
                    "thumbnail", new StoredFile("thumbnail.png", "image/png"),
                    "spritesheet", new StoredFile("spritesheet.png", "image/png"));

    private static final StoredFile REPORT = new StoredFile("report.json", "application/json");

    private record StoredFile(String name, String type) {
        String suffix() {
            return name.substring(name.lastIndexOf('.'));
        }
    }

    void content(Call call) throws IOException {
        Job job = jobs.of(call);
        String variant = call.query("variant").orElse("video");
        StoredFile file = VARIANTS.get(variant);
        if (file == null) {
            throw new Refusal(
                    Problem.value("variant", "variant: expected video, thumbnail or spritesheet"));
        }
        String name = job.id() + (variant.equals("video") ? "" : "-" + variant) + file.suffix();
        call.header("Content-Disposition", "inline; filename=\"" + name + "\"");
        send(call, job, file);
    }

    void report(Call call) throws IOException {
        send(call, jobs.of(call), REPORT);
    }

    private void send(Call call, Job job, StoredFile file) throws IOException {
        if (job.state() != JobState.COMPLETED) {
            throw new Refusal(
                    job.state() == JobState.FAILED
                            ? Problem.absent("there is no video: the job has failed")
                            : Problem.notReady("the video is not ready yet"));
        }
        try (Blob blob = open(job, file).orElseThrow(Contents::gone)) {
            send(call, file, blob, "\"%s-%s-%d\"".formatted(job.id(), file.name(), blob.size()));
        } catch (NoSuchFileException e) {
            throw gone(); // between the look at it and its first byte
        }
    }

    private static Refusal gone() {
        return new Refusal(Problem.absent("the files of this video are gone"));
    }

    private Optional<Blob> open(Job job, StoredFile file) throws IOException {
        return job.content().gone()
                ? Optional.empty()
                : blobs.open(BlobKey.of(job.id(), file.name()));
    }

    private static void send(Call call, StoredFile file, Blob blob, String tag) throws IOException {
        call.header("ETag", tag);
        call.header("Accept-Ranges", "bytes");
        call.header("Cache-Control", "private, no-cache");
        if (isKnown(call, tag)) {
            call.empty(304);
            return;
        }
        Optional<ByteRange> range =
                call.header("Range")
                        .filter(_ -> call.header("If-Range").map(tag::equals).orElse(true))
                        .flatMap(header -> ByteRange.of(header, blob.size()));
        if (range.isPresent() && !range.get().isSatisfiable()) {
            call.header("Content-Range", "bytes */" + blob.size());
            throw new Refusal(Problem.range("the file has %d bytes".formatted(blob.size())));
        }
        ByteRange part = range.orElseGet(() -> new ByteRange(0, blob.size()));
        if (range.isPresent()) {
            call.header(
                    "Content-Range",
                    "bytes %d-%d/%d"
                            .formatted(part.from(), part.from() + part.length() - 1, blob.size()));
        }
        int status = range.isPresent() ? 206 : 200;
        if (call.method().equals("HEAD")) {
            call.header("Content-Length", String.valueOf(part.length()));
            call.header("Content-Type", file.type());
            call.empty(status);
            return;
        }
        try (InputStream bytes = blob.read(part.from(), part.length());
                OutputStream out = call.stream(status, file.type(), part.length())) {
            bytes.transferTo(out);
        }
    }

    private static boolean isKnown(Call call, String tag) {
        return call.header("If-None-Match")
                .filter(known ->
                        known.strip().equals("*")
                                || Arrays.stream(known.split(","))
                                        .map(one -> one.strip().replaceFirst("^W/", ""))
                                        .anyMatch(tag::equals))
                .isPresent();
    }

    /** The newest one; its tag is the step. */
    void preview(Call call) {
        Job job = jobs.of(call);
        Preview preview =
                live.preview(job.id())
                        .orElseThrow(() -> new Refusal(Problem.notReady("there is no preview")));
        String tag = "\"" + preview.step() + "\"";
        call.header("ETag", tag);
        call.header("Cache-Control", "private, no-cache");
        if (isKnown(call, tag)) {
            call.empty(304);
        } else {
            call.send(200, preview.mediaType(), preview.bytes());
        }
    }
}
