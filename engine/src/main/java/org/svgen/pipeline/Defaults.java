package org.svgen.pipeline;

import java.util.List;
import java.util.Objects;
import org.svgen.setting.FamilySettings;

/**
 * What a model does when a request leaves the choice to it.
 *
 * @param video how large and how long videos are
 * @param sampling how noise becomes a video
 * @param attention how attention is computed
 * @param cache which steps are skipped
 * @param settings of this model that others may not have
 * @param prompts examples that the model can do
 */
public record Defaults(
        VideoSize video,
        Sampling sampling,
        AttentionSettings attention,
        CacheSettings cache,
        FamilySettings settings,
        List<String> prompts) {
    /** Keeps a copy of the prompts. */
    public Defaults {
        Objects.requireNonNull(video, "video");
        Objects.requireNonNull(sampling, "sampling");
        Objects.requireNonNull(attention, "attention");
        Objects.requireNonNull(cache, "cache");
        Objects.requireNonNull(settings, "settings");
        Objects.requireNonNull(prompts, "prompts");
        prompts = List.copyOf(prompts);
    }

    /**
     * {@return no cache, no settings of its own, no examples}
     *
     * @param video how large and how long videos are
     * @param sampling how noise becomes a video
     * @param attention how attention is computed
     */
    public static Defaults of(VideoSize video, Sampling sampling, AttentionSettings attention) {
        return new Defaults(
                video, sampling, attention, CacheSettings.NONE, FamilySettings.NONE, List.of());
    }

    /**
     * {@return with another recommendation for caches}
     *
     * @param newCache which steps are skipped
     */
    public Defaults with(CacheSettings newCache) {
        return new Defaults(video, sampling, attention, newCache, settings, prompts);
    }

    /**
     * {@return with what {@code request} says, which is then recommended}
     *
     * @param request whose content does not matter
     * @param prompts examples that the model can do
     */
    public static Defaults of(Request request, List<String> prompts) {
        Objects.requireNonNull(request, "request");
        return new Defaults(
                request.video(),
                request.sampling(),
                request.attention(),
                request.cache(),
                request.settings(),
                prompts);
    }
}
