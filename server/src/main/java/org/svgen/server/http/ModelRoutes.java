package org.svgen.server.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.svgen.pipeline.Pictures;
import org.svgen.server.wire.Problem;
import org.svgen.server.wire.Refusal;
import org.svgen.server.wire.SettingNames;
import org.svgen.server.work.ModelCard;

/** The models that are served. */
record ModelRoutes(Orders orders) {
    void list(Call call) {
        List<Object> data = new ArrayList<>();
        orders.desk().models().forEach(card -> data.add(json(card)));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("object", "list");
        json.put("data", data);
        call.json(json);
    }

    void show(Call call) {
        String owner = call.values().get("owner");
        String name = (owner == null ? "" : owner + "/") + call.values().getOrDefault("model", "");
        String real = orders.aliases().getOrDefault(name, name);
        call.json(
                json(
                        orders.find(name)
                                .or(() -> orders.find(real))
                                .orElseThrow(() ->
                                        new Refusal(Problem.absent("there is no such model")))));
    }

    private Map<String, @Nullable Object> json(ModelCard card) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("id", card.name());
        json.put("object", "model");
        json.put("created", card.createdAt());
        json.put("owned_by", "svgen");
        json.put("task", card.task());
        json.put(
                "pictures",
                Map.of(
                        "input_reference", use(card.pictures().first()),
                        "last_image", use(card.pictures().last())));
        json.put("sizes", card.sizes());
        json.put("defaults", defaults(card));
        json.put("licence", card.licence().isEmpty() ? null : card.licence());
        json.put("examples", card.prompts());
        json.put("loaded", card.loaded());
        json.put(
                "aliases",
                orders.aliases().entrySet().stream()
                        .filter(alias -> alias.getValue().equals(card.name()))
                        .map(Map.Entry::getKey)
                        .sorted()
                        .toList());
        return json;
    }

    private static String use(Pictures.Use use) {
        return switch (use) {
            case REFUSED -> "none";
            case ALLOWED -> "optional";
            case NEEDED -> "required";
        };
    }

    private static Map<String, Object> defaults(ModelCard card) {
        Map<String, Object> defaults = new LinkedHashMap<>();
        if (card.defaults().containsKey("width") && card.defaults().containsKey("height")) {
            defaults.put(
                    "size", card.defaults().get("width") + "x" + card.defaults().get("height"));
        }
        defaults.putAll(SettingNames.keyed(card.defaults()));
        return defaults;
    }
}
