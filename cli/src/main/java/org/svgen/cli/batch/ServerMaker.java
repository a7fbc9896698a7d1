package org.svgen.cli.batch;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.svgen.cli.batch.ServerApi.Answer;
import org.svgen.cli.batch.ServerApi.AwayException;
import org.svgen.files.Staged;
import org.svgen.pipeline.Rules;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Field;
import org.svgen.tensor.Message;
import org.svgen.tensor.StoppedException;
import org.svgen.tensor.SvgenException;

/**
 * Lets a server make the videos: some are in its queue at a time, and each is fetched once it is
 * done. A server that goes away for a while, or has no room in its queue, is waited for.
 */
public final class ServerMaker implements VideoMaker, AutoCloseable {
    /** Enough to keep several workers busy, and few enough to leave others a place in the queue. */
    private static final int MOST_AT_ONCE = 16;

    /** How many jobs are asked about at a time: servers limit how often one may ask. */
    private static final int MOST_ASKED = 4;

    private static final long SECOND = 1000;
    private static final long SHORTEST_PAUSE = 100;
    private static final int PATIENCE_SECONDS = 300;
    private static final int TOO_MANY = 429;
    private static final int UNAVAILABLE = 503;
    private static final int CONFLICT = 409;
    private static final int NOT_FOUND = 404;
    private static final int KEY_LETTERS = 40;

    /** The same video was sent with another priority, or was deleted from the server since. */
    private static final Set<String> USED_KEYS = Set.of("idempotency_key_reused", "video_deleted");

    private final URI base;
    private final ServerApi api;
    private final Optional<String> model;
    private final Map<Path, String> hashes = new HashMap<>();
    private final Set<Map<String, Object>> checked = new HashSet<>();

    /**
     * A server.
     *
     * @param base where it is, without {@code /v1}
     * @param key to show; none if the server wants none
     * @param model for the rows that say none; none takes the server's first
     */
    public ServerMaker(URI base, Optional<String> key, Optional<String> model) {
        this.base = Objects.requireNonNull(base, "base");
        this.api = new ServerApi(base, key);
        this.model = model;
    }

    /** Something to ask the server. */
    private interface Call {
        Answer answer() throws AwayException;
    }

    /** Asks until there is an answer that stands. */
    private Answer patiently(Call call, Watch watch) {
        long since = System.nanoTime();
        boolean told = false;
        while (true) {
            long wait;
            String why;
            try {
                Answer answer = call.answer();
                boolean stands =
                        answer.status() != TOO_MANY
                                && answer.status() != UNAVAILABLE
                                && answer.status() != CONFLICT;
                if (stands) {
                    return answer;
                }
                wait = answer.retryAfter();
                why = answer.reason();
                since = System.nanoTime(); // It is there, so it may take its time.
            } catch (AwayException e) {
                wait = 2;
                why = e.getMessage();
            }
            if ((System.nanoTime() - since) / 1e9 > PATIENCE_SECONDS) {
                throw new SvgenException(
                        "%s does not answer: %s; the same command goes on once it does"
                                .formatted(base, why));
            }
            if (!told) {
                watch.note("waiting for %s: %s".formatted(base, why));
                told = true;
            }
            sleep(wait * SECOND, watch);
        }
    }

    private static void sleep(long millis, Watch watch) {
        long end = System.nanoTime() + millis * 1_000_000;
        try {
            while (System.nanoTime() < end) {
                if (watch.cancelled()) {
                    throw new StoppedException("stopped");
                }
                Thread.sleep(Math.min(millis, 100));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoppedException("stopped");
        }
    }

    /** The server says what it would refuse, once for videos that differ in the seed alone. */
    @Override
    public void check(BatchTask task) {
        Map<String, Object> fields = new LinkedHashMap<>(ServerBody.fields(task));
        fields.remove(Rules.SEED.key());
        fields.put(Columns.IMAGE, task.files());
        if (!checked.add(fields)) {
            return;
        }
        Answer answer;
        try {
            answer = api.post("/v1/videos:plan", body(task), "");
        } catch (AwayException e) {
            throw new SvgenException("%s does not answer: %s".formatted(base, e.getMessage()), e);
        }
        if (answer.status() == TOO_MANY || answer.status() == UNAVAILABLE) {
            return; // It will say so when the video is asked for.
        }
        if (!answer.ok()) {
            throw refusal(answer);
        }
        if (Boolean.FALSE.equals(answer.body().get("feasible"))) {
            throw new BadInputException(answer.text("reason"));
        }
    }

    /** A server's refusal, by the field that it names. */
    private static BadInputException refusal(Answer answer) {
        Optional<String> setting = ServerBody.setting(answer.error("param"));
        return setting.isEmpty()
                ? new BadInputException(answer.reason())
                : BadInputException.of(
                        new Field(setting.get()), "", "", Message.plain(answer.reason()));
    }

    private ServerBody body(BatchTask task) {
        return ServerBody.of(withModel(task));
    }

    private BatchTask withModel(BatchTask task) {
        if (model.isEmpty() || task.service().containsKey(Columns.MODEL)) {
            return task;
        }
        Map<String, Object> service = new LinkedHashMap<>(task.service());
        service.put(Columns.MODEL, model.get());
        return new BatchTask(
                task.row(),
                task.settings(),
                task.places(),
                task.varied(),
                task.files(),
                task.output(),
                service);
    }

    @Override
    public String key(BatchTask task) {
        Map<String, Object> values = new LinkedHashMap<>();
        Map<String, Object> fields = ServerBody.fields(withModel(task));
        fields.remove(Columns.PRIORITY);
        values.put("server", fields);
        values.put(Columns.IMAGE, hash(task.files().image()));
        values.put(Columns.LAST_IMAGE, hash(task.files().lastImage()));
        return Hashes.of(values);
    }

    private String hash(Optional<Path> file) {
        return file.map(path -> hashes.computeIfAbsent(path, Hashes::of)).orElse("");
    }

    /** A video in the server's queue. */
    private record Job(PlannedVideo video, String id) {}

    @Override
    public void make(List<PlannedVideo> videos, Watch watch) {
        Deque<PlannedVideo> waiting = new ArrayDeque<>(videos);
        Deque<Job> sent = new ArrayDeque<>();
        long pause = SHORTEST_PAUSE;
        while (!waiting.isEmpty() || !sent.isEmpty()) {
            while (!waiting.isEmpty() && sent.size() < MOST_AT_ONCE) {
                send(waiting.removeFirst(), watch).ifPresent(sent::addLast);
            }
            int before = sent.size();
            for (int left = Math.min(MOST_ASKED, before); left > 0; left--) {
                look(sent.removeFirst(), watch, waiting).ifPresent(sent::addLast);
            }
            pause = sent.size() < before ? SHORTEST_PAUSE : Math.min(SECOND, 2 * pause);
            if (!sent.isEmpty()) {
                sleep(pause, watch);
            }
        }
    }

    private Optional<Job> send(PlannedVideo video, Watch watch) {
        if (video.id().isPresent()) {
            return Optional.of(new Job(video, video.id().get()));
        }
        String idempotencyKey =
                "svgen-batch-%s-%d"
                        .formatted(video.key().substring(0, KEY_LETTERS), video.attempts());
        Answer answer =
                patiently(() -> api.post("/v1/videos", body(video.task()), idempotencyKey), watch);
        if (USED_KEYS.contains(answer.error("code"))) {
            return send(again(video), watch);
        }
        if (!answer.ok()) {
            watch.failed(video, answer.reason());
            return Optional.empty();
        }
        watch.sent(video, answer.text("id"));
        return Optional.of(new Job(video, answer.text("id")));
    }

    private static PlannedVideo again(PlannedVideo video) {
        return new PlannedVideo(
                video.task(), video.key(), video.file(), video.attempts() + 1, Optional.empty());
    }

    /** Asks about a job; returns it if it is still under way. */
    private Optional<Job> look(Job job, Watch watch, Deque<PlannedVideo> waiting) {
        Answer answer = patiently(() -> api.get("/v1/videos/" + job.id), watch);
        if (answer.status() == NOT_FOUND) {
            watch.note("%s has no %s any more; it is asked for again".formatted(base, job.id));
            waiting.addFirst(again(job.video));
            return Optional.empty();
        }
        switch (answer.text("status")) {
            case "completed" -> fetch(job, answer, watch);
            case "failed" -> watch.failed(job.video, answer.reason());
            case "" -> watch.failed(job.video, answer.reason());
            default -> {
                watch.progressed(
                        job.video,
                        "%s %s %%".formatted(answer.text("status"), answer.text("progress")));
                return Optional.of(job);
            }
        }
        return Optional.empty();
    }

    private void fetch(Job job, Answer answer, Watch watch) {
        Staged.write(
                job.video.file(),
                temporary -> {
                    long announced;
                    try {
                        announced =
                                api.download("/v1/videos/%s/content".formatted(job.id), temporary);
                    } catch (AwayException e) {
                        throw new IOException(e.getMessage(), e);
                    }
                    long found = Files.size(temporary);
                    if (announced >= 0 && announced != found) {
                        throw new IOException(
                                "expected %d bytes, found %d".formatted(announced, found));
                    }
                });
        Object seconds = answer.body().get("inference_time_s");
        watch.made(job.video, seconds instanceof Number number ? number.doubleValue() : 0);
    }

    @Override
    public void close() {
        api.close();
    }
}
