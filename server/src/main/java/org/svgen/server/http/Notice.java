package org.svgen.server.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobEvent;
import org.svgen.server.job.JobId;
import org.svgen.server.job.JobState;
import org.svgen.server.store.JobStore;
import org.svgen.server.wire.Json;
import org.svgen.server.work.Progress;

/** What a stream tells. Each is written once, however many streams tell it. */
sealed interface Notice {
    /**
     * A job came into a state.
     *
     * @param texts its JSON, by what addresses begin with
     */
    record Stored(JobEvent event, Job job, Views views, Map<String, String> texts)
            implements Notice {
        Stored(JobEvent event, Job job, Views views) {
            this(event, job, views, new ConcurrentHashMap<>());
        }

        /** The state that the job came into; the job itself may be further. */
        private JobState state() {
            return event.state().orElseGet(job::state);
        }

        boolean isLast() {
            return state().isFinal();
        }

        String text(String base) {
            return texts.computeIfAbsent(base, b -> Json.text(views.json(job, state(), b)));
        }
    }

    /** A job is gone. */
    record Deleted(JobEvent event) implements Notice {
        String text() {
            JobId id = event.job();
            return Json.text(Map.of("id", id.value(), "object", "video.deleted", "deleted", true));
        }
    }

    /** What an event of the store is to streams; nothing if its job is gone meanwhile. */
    static Optional<Notice> of(JobEvent event, JobStore store, Views views) {
        return event.state().isEmpty()
                ? Optional.of(new Deleted(event))
                : store.find(event.job()).map(job -> new Stored(event, job, views));
    }

    /** The order of the queue changed, or whether it is paused. */
    record Queue() implements Notice {}

    /** The service stops. */
    record Stop() implements Notice {}

    /** A run is further. */
    static String text(JobId id, Progress progress) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("id", id.value());
        json.put("step", progress.step());
        json.put("steps", progress.steps());
        json.put("progress", (int) Math.clamp(progress.progress() * 100, 0, 99));
        json.put("stage", progress.stage());
        json.put("stage_progress", Math.round(progress.stageProgress() * 1000) / 1000.0);
        json.put(
                "eta_seconds",
                progress.etaSeconds().isEmpty()
                        ? null
                        : (Double) (Math.round(progress.etaSeconds().getAsDouble() * 10) / 10.0));
        json.put(
                "density",
                progress.density().isEmpty() ? null : (Double) progress.density().getAsDouble());
        return Json.text(json);
    }

    /** There is a newer preview. */
    static String text(JobId id, int step) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", id.value());
        json.put("url", "/v1/videos/" + id + "/preview?step=" + step);
        json.put("step", step);
        return Json.text(json);
    }
}
