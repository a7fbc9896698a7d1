package org.svgen.server.wire;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobState;

/**
 * A job as clients read it: the fields of OpenAI's videos first, then those of SGLang and
 * vLLM-Omni, then our own.
 */
public final class JobJson {
    private JobJson() {}

    /**
     * {@return the answer's object}
     *
     * @param view of the job
     */
    public static Map<String, @Nullable Object> of(JobView view) {
        Job job = view.job();
        Map<String, Object> settings = view.settings();
        boolean ended = view.state().isFinal();
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("id", job.id().value());
        json.put("object", "video");
        json.put("model", job.model());
        json.put("status", view.state().word());
        json.put("progress", percent(view));
        json.put("created_at", job.times().created() / 1000);
        json.put("started_at", seconds(job.times().started(), view.state() != JobState.QUEUED));
        json.put(
                "completed_at",
                seconds(job.times().finished(), view.state() == JobState.COMPLETED));
        json.put("expires_at", seconds(job.times().expires(), ended));
        json.put("size", size(settings));
        json.put("seconds", length(settings));
        json.put("prompt", job.prompt());
        json.put(
                "remixed_from_video_id",
                job.request().links().remixedFrom().map(Object::toString).orElse(null));
        json.put("error", ended ? error(job) : null);
        addFile(json, view);
        json.put("num_frames", settings.get("frames"));
        json.put("fps", settings.get("fps"));
        json.put("seed", settings.get("seed"));
        json.put("priority", job.priority());
        json.put("metadata", job.metadata());
        json.put("attempts", job.run().attempts());
        json.put("queue_position", view.position().isEmpty() ? null : view.position().getAsInt());
        json.put("eta_seconds", rounded(view.eta()));
        json.put("warnings", job.content().warnings());
        json.put("recipe_hash", job.request().links().recipeHash().orElse(null));
        addOutcome(json, job);
        json.put("settings", SettingNames.keyed(settings));
        return json;
    }

    /** Whole; 100 at the end of a video alone. */
    private static int percent(JobView view) {
        return switch (view.state()) {
            case QUEUED -> 0;
            case COMPLETED -> 100;
            case IN_PROGRESS, FAILED -> (int) Math.clamp(view.progress() * 100, 0, 99);
        };
    }

    private static @Nullable Long seconds(OptionalLong millis, boolean told) {
        return told && millis.isPresent() ? (Long) (millis.getAsLong() / 1000) : null;
    }

    private static @Nullable String size(Map<String, Object> settings) {
        return settings.containsKey("width") && settings.containsKey("height")
                ? settings.get("width") + "x" + settings.get("height")
                : null;
    }

    /** A text, as OpenAI has it. */
    private static @Nullable String length(Map<String, Object> settings) {
        return settings.get("frames") instanceof Number frames
                        && settings.get("fps") instanceof Number fps
                        && fps.doubleValue() > 0
                ? BigDecimal.valueOf(frames.doubleValue() / fps.doubleValue())
                        .setScale(3, RoundingMode.HALF_UP)
                        .stripTrailingZeros()
                        .toPlainString()
                : null;
    }

    private static @Nullable Map<String, Object> error(Job job) {
        return job.error()
                .<Map<String, Object>>map(error -> {
                    Map<String, Object> json = new LinkedHashMap<>();
                    json.put("code", error.code());
                    json.put("message", error.message());
                    return json;
                })
                .orElse(null);
    }

    /** Where the video is: never a path of this machine. */
    private static void addFile(Map<String, @Nullable Object> json, JobView view) {
        boolean there = view.state() == JobState.COMPLETED && !view.job().content().gone();
        String id = view.job().id().value();
        json.put("url", there ? view.base() + "/v1/videos/" + id + "/content" : null);
        json.put("file_path", null);
        json.put("file_name", there ? id + ".mp4" : null);
        json.put("media_type", there ? "video/mp4" : null);
    }

    private static @Nullable Double rounded(OptionalDouble seconds) {
        return seconds.isEmpty() ? null : (Double) (Math.round(seconds.getAsDouble() * 10) / 10.0);
    }

    /** What workers noted; these names are there from the beginning, so that clients find them. */
    private static void addOutcome(Map<String, @Nullable Object> json, Job job) {
        json.put("stage_durations", null);
        json.put("inference_time_s", null);
        json.put("peak_memory_mb", null);
        json.put("quality", null);
        json.putAll(job.content().outcome());
    }
}
