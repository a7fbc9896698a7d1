package org.svgen.server.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.svgen.server.store.JobStore;
import org.svgen.server.wire.SettingNames;
import org.svgen.server.work.Alternative;
import org.svgen.server.work.Foreseen;
import org.svgen.server.work.ModelDesk;
import org.svgen.tensor.BadInputException;

/** Says what a video would take, without queueing it. */
record Plans(ModelDesk desk, JobStore store) {
    OptionalDouble waitSeconds(String model, int jobsBefore) {
        return desk.waitSeconds(model, jobsBefore);
    }

    Map<String, @Nullable Object> json(Prepared prepared) {
        Foreseen plan;
        try {
            plan = desk.plan(prepared.order());
        } catch (BadInputException e) {
            throw Orders.wrong(prepared.wish(), e);
        }
        int waiting = store.queue().waiting().size();
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("object", "video.plan");
        json.put("model", prepared.order().model());
        json.put("feasible", plan.feasible());
        json.put("reason", plan.reason().isEmpty() ? null : plan.reason());
        json.put("alternatives", plan.alternatives().stream().map(Plans::alternative).toList());
        json.put("tokens", plan.tokens());
        json.put("seconds_estimate", number(plan.seconds()));
        json.put("seconds_low", number(plan.secondsLow()));
        json.put("seconds_high", number(plan.secondsHigh()));
        json.put("peak_memory_bytes", plan.peakMemoryBytes());
        json.put("disk_bytes", plan.diskBytes());
        json.put("stages", plan.stages());
        json.put("settings", SettingNames.keyed(prepared.settings()));
        json.put("recipe_hash", prepared.recipeHash());
        json.put("warnings", prepared.warnings());
        Map<String, @Nullable Object> queue = new LinkedHashMap<>();
        queue.put("position", waiting + 1);
        queue.put("wait_seconds", number(waitSeconds(prepared.order().model(), waiting)));
        json.put("queue", queue);
        return json;
    }

    private static Map<String, Object> alternative(Alternative alternative) {
        return Map.of(
                "text", alternative.text(), "settings", SettingNames.keyed(alternative.settings()));
    }

    private static @Nullable Double number(OptionalDouble value) {
        return value.isEmpty() ? null : (Double) value.getAsDouble();
    }
}
