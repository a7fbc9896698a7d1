package org.svgen.models;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.svgen.pipeline.Rules;
import org.svgen.setting.Rule;
import org.svgen.setting.Setting;
import org.svgen.tensor.Field;

/**
 * What settings are called where requests come from: in files, in tables and by HTTP. All that a
 * request of the library has is here by its name in files ({@code dense_steps}); some have a name
 * of other servers besides, by which answers call them.
 */
public final class RequestNames {
    /** Names of other servers, and the settings that they mean. */
    private static final Map<String, String> ELSEWHERE =
            Map.of(
                    "num_frames", "frames",
                    "num_inference_steps", "steps",
                    "guidance_scale", "guidance",
                    "guidance_scale_2", "guidance2",
                    "boundary_ratio", "boundary",
                    "input_reference", "image");

    private RequestNames() {}

    /** {@return the rules of all settings, by each name that requests may use} */
    public static Map<String, Rule<?>> rules() {
        return Known.RULES;
    }

    /**
     * {@return what answers call a setting: {@code num_frames}}
     *
     * @param setting as the library calls it
     */
    public static String of(String setting) {
        Objects.requireNonNull(setting, "setting");
        return ELSEWHERE.entrySet().stream()
                .filter(name -> name.getValue().equals(setting))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseGet(() -> Field.words(setting, "_"));
    }

    /** Found when the first request asks, not when a program starts. */
    private static final class Known {
        static final Map<String, Rule<?>> RULES = rules();

        private static Map<String, Rule<?>> rules() {
            Map<String, Rule<?>> rules = new LinkedHashMap<>();
            Rules.all().forEach(rule -> rules.put(rule.key(), rule));
            for (Setting<?> setting : Families.settings()) {
                rules.put(setting.rule().key(), setting.rule());
            }
            ELSEWHERE.forEach((name, setting) ->
                    Optional.ofNullable(rules.get(Field.words(setting, "_")))
                            .ifPresent(rule -> rules.put(name, rule)));
            return Collections.unmodifiableMap(rules);
        }
    }
}
