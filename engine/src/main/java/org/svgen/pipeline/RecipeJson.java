package org.svgen.pipeline;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.svgen.setting.FamilySettings;
import org.svgen.setting.Rule;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Recipes as JSON objects; null for infinity, which JSON has no number for. */
final class RecipeJson {
    private static final String ADAPTERS = "adapters";
    private static final String ATTENTION_ERROR = "attention_error";
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final TypeReference<Map<String, @Nullable Object>> OBJECT =
            new TypeReference<>() {};

    /** Before recipes had settings of families, they had these, and their defaults everywhere. */
    private static final Map<String, Object> ONCE_FIELDS =
            Map.of("dynamic_guidance", false, "llama_rotary", "f32");

    /** Fields that recipes of earlier versions lack, and what they were then. */
    private static final Map<String, Object> ADDED =
            Map.ofEntries(
                    Map.entry(Rules.CACHE.key(), CacheSettings.Kind.NONE.toString()),
                    Map.entry(Rules.CACHE_THRESHOLD.key(), "auto"),
                    Map.entry(Rules.CACHE_WARM_UP.key(), CacheSettings.NONE.warmUp().toString()),
                    Map.entry(Rules.CACHE_IN_A_ROW.key(), CacheSettings.NONE.inARow()),
                    Map.entry(Rules.BUDGET.key(), AttentionSettings.Budget.FIXED.toString()),
                    Map.entry(Rules.MAX_ERROR.key(), Double.POSITIVE_INFINITY),
                    Map.entry(Rules.TARGET_PSNR.key(), 0.0),
                    Map.entry(Rules.AUDIT_ROWS.key(), 0),
                    Map.entry(Rules.TAIL.key(), "auto"),
                    Map.entry(Rules.TAU.key(), "auto"),
                    Map.entry(Rules.BLOCK_ORDER.key(), "raster"),
                    Map.entry(Rules.QUERY_BLOCK.key(), "single"),
                    Map.entry(Rules.TILE.key(), "auto"),
                    Map.entry(Rules.QUERY_CLUSTERS.key(), 0),
                    Map.entry(Rules.KEY_CLUSTERS.key(), 0),
                    Map.entry(Rules.TOP_P.key(), 0.0),
                    Map.entry(
                            Rules.CLUSTER_ITERATIONS.key(),
                            ClusterSettings.DEFAULT.clusterIterations()),
                    Map.entry(Rules.CLUSTER_METRIC.key(), ClusterSettings.Metric.AUTO.toString()),
                    Map.entry(Rules.ROUTING.key(), ClusterSettings.Routing.AUTO.toString()));

    private RecipeJson() {}

    static String text(Recipe recipe) {
        return MAPPER.writeValueAsString(values(recipe));
    }

    static Map<String, @Nullable Object> values(Recipe recipe) {
        Recipe.Made made = recipe.made();
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        values.put("svgen", made.svgen());
        values.put("model", made.model());
        values.put("model_hash", made.modelHash());
        values.put(ADAPTERS, made.adapters().stream().map(RecipeJson::plain).toList());
        recipe.fields().forEach((key, value) -> values.put(key, finite(value)));
        Map<String, @Nullable Object> settings = new LinkedHashMap<>();
        recipe.settings().keyed().forEach((key, value) -> settings.put(key, finite(value)));
        values.put("settings", settings);
        values.put("image", recipe.image());
        values.put("last_image", recipe.lastImage());
        values.put("latents", recipe.latents());
        values.put("device", made.device());
        values.put("kept_density", made.keptDensity());
        values.put(ATTENTION_ERROR, boxed(made.attentionError()));
        return Collections.unmodifiableMap(values);
    }

    private static Map<String, Object> plain(Recipe.Adapter adapter) {
        Map<String, Object> plain = new LinkedHashMap<>();
        plain.put("file", adapter.file());
        plain.put("sha256", adapter.hash());
        plain.put("strength", adapter.strength());
        plain.put("components", adapter.components());
        return plain;
    }

    /** None in recipes of versions that knew none. */
    private static List<Recipe.Adapter> adapters(Map<String, @Nullable Object> values) {
        List<Recipe.Adapter> adapters = new ArrayList<>();
        if (values.get(ADAPTERS) instanceof List<?> all) {
            for (Object one : all) {
                @SuppressWarnings("unchecked") // keys of JSON objects are texts
                Map<String, @Nullable Object> plain = (Map<String, @Nullable Object>) one;
                adapters.add(
                        new Recipe.Adapter(
                                text(plain, "file"),
                                text(plain, "sha256"),
                                ((Number) present(plain, "strength")).doubleValue(),
                                ((List<?>) present(plain, "components"))
                                        .stream().map(String::valueOf).toList()));
            }
        }
        return adapters;
    }

    private static @Nullable Object boxed(OptionalDouble value) {
        return value.isPresent() ? value.getAsDouble() : null;
    }

    private static @Nullable Object finite(Object value) {
        return value.equals(Double.POSITIVE_INFINITY) ? null : value;
    }

    private static Object infinite(@Nullable Object value) {
        return value == null ? Double.POSITIVE_INFINITY : value;
    }

    static Optional<Recipe> parse(String json) {
        try {
            Map<String, @Nullable Object> values = MAPPER.readValue(json, OBJECT);
            return values == null ? Optional.empty() : Optional.of(recipe(values));
        } catch (JacksonException | ClassCastException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * @throws IllegalArgumentException if something is missing
     * @throws ClassCastException if something is of another type
     */
    private static Recipe recipe(Map<String, @Nullable Object> values) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (RequestPart<?> part : RequestPart.ALL) {
            Rule<?> rule = part.rule();
            Object then = values.containsKey(rule.key()) ? null : added(rule, values);
            fields.put(
                    rule.key(),
                    then == null ? same(rule, infinite(there(values, rule.key()))) : then);
        }
        return new Recipe(
                new Recipe.Made(
                        text(values, "svgen"),
                        text(values, "model"),
                        text(values, "model_hash"),
                        text(values, "device"),
                        ((Number) present(values, "kept_density")).doubleValue(),
                        error((Number) values.get(ATTENTION_ERROR)),
                        adapters(values)),
                fields,
                settings(values),
                (String) values.get("image"),
                (String) values.get("last_image"),
                (String) values.get("latents"));
    }

    private static @Nullable Object added(Rule<?> rule, Map<String, @Nullable Object> values) {
        if (rule != Rules.ATTENTION_DTYPE) {
            return ADDED.get(rule.key());
        }
        boolean f32 = "cpu".equals(values.get("device")); // or by a setting that they do not say
        return (f32 ? AttentionSettings.Precision.F32 : AttentionSettings.Precision.BF16)
                .toString();
    }

    /** None in recipes of versions that measured none, either. */
    private static OptionalDouble error(@Nullable Number value) {
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value.doubleValue());
    }

    /** The value as {@link Recipe#of} would hold it, where this version can read it. */
    private static <T> Object same(Rule<T> rule, Object value) {
        return rule.reads(value) ? rule.values().plain(rule.read(value)) : value;
    }

    private static FamilySettings settings(Map<String, @Nullable Object> values) {
        FamilySettings settings = FamilySettings.NONE;
        if (values.get("settings") instanceof Map<?, ?> given) {
            for (Map.Entry<?, ?> entry : given.entrySet()) {
                Object value = infinite(entry.getValue());
                if (!(value instanceof Map || value instanceof List)) { // of a later version
                    settings = settings.with(camel((String) entry.getKey()), value);
                }
            }
        }
        for (Map.Entry<String, Object> once : ONCE_FIELDS.entrySet()) {
            Object value = values.get(once.getKey());
            if (value != null && !value.equals(once.getValue())) {
                settings = settings.with(camel(once.getKey()), value);
            }
        }
        return settings;
    }

    private static String text(Map<String, @Nullable Object> values, String key) {
        return (String) present(values, key);
    }

    private static Object present(Map<String, @Nullable Object> values, String key) {
        Object value = there(values, key);
        if (value == null) {
            throw new IllegalArgumentException(key + " is null");
        }
        return value;
    }

    private static @Nullable Object there(Map<String, @Nullable Object> values, String key) {
        if (!values.containsKey(key)) {
            throw new IllegalArgumentException(key + " is missing");
        }
        return values.get(key);
    }

    /** {@code denseSteps} of {@code dense_steps}. */
    private static String camel(String key) {
        StringBuilder name = new StringBuilder();
        for (String word : key.split("_", -1)) {
            name.append(
                    name.isEmpty() || word.isEmpty()
                            ? word
                            : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        }
        return name.toString();
    }
}
