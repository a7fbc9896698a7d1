package org.svgen.server.wire;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.svgen.models.RequestNames;

/**
 * What a request asks for, each field read, before any model has seen it.
 *
 * @param prompt what the video shows
 * @param model as it was sent; none leaves the choice to the service
 * @param settings beside the prompt, by the library's names
 * @param sent what the client called each of these fields
 * @param length in seconds
 * @param pictures by {@code image} and {@code lastImage}
 * @param extras what is no business of a model
 */
public record Wish(
        Optional<String> prompt,
        Optional<String> model,
        Map<String, Object> settings,
        Map<String, String> sent,
        OptionalDouble length,
        Map<String, PictureSource> pictures,
        Extras extras) {
    /**
     * What is no business of a model.
     *
     * @param priority in the queue
     * @param webhookUrl who is told of the end
     * @param metadata of the client's own
     * @param ignored fields that have no effect here
     */
    public record Extras(
            OptionalInt priority,
            Optional<String> webhookUrl,
            Optional<Map<String, String>> metadata,
            List<String> ignored) {}

    /**
     * {@return what the client called a field, or would}
     *
     * @param setting as the library calls it
     */
    public String name(String setting) {
        return sent.getOrDefault(setting, RequestNames.of(setting));
    }

    /**
     * {@return this wish, for what it leaves open that of another request}
     *
     * @param earlier the other request's settings
     */
    public Map<String, Object> over(Map<String, Object> earlier) {
        Map<String, Object> all = new LinkedHashMap<>(earlier);
        all.putAll(settings);
        return all;
    }
}
