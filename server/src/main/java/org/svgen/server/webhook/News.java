package org.svgen.server.webhook;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.svgen.server.job.JobState;
import org.svgen.server.store.Delivery;
import tools.jackson.databind.json.JsonMapper;

/**
 * What is sent, in the form of OpenAI's events: the same in each attempt but for its time and
 * signature.
 *
 * @param headers of the request
 * @param body JSON
 */
record News(Map<String, String> headers, byte[] body) {
    private static final JsonMapper MAPPER = new JsonMapper();

    static News of(Delivery delivery, Secrets secrets, Instant now) {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("id", delivery.id().replaceFirst("^msg_", "evt_"));
        event.put("object", "event");
        event.put(
                "type",
                delivery.state() == JobState.COMPLETED ? "video.completed" : "video.failed");
        event.put("created_at", Instant.ofEpochMilli(delivery.at()).getEpochSecond());
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("id", delivery.job().value());
        data.put("status", delivery.state().word());
        event.put("data", data);
        byte[] body = MAPPER.writeValueAsBytes(event);
        long timestamp = now.getEpochSecond();
        return new News(
                Map.of(
                        "Content-Type",
                        "application/json",
                        "User-Agent",
                        "svgen-webhook",
                        "webhook-id",
                        delivery.id(),
                        "webhook-timestamp",
                        Long.toString(timestamp),
                        "webhook-signature",
                        secrets.sign(delivery.id(), timestamp, body)),
                body);
    }
}
