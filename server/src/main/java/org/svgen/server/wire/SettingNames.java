package org.svgen.server.wire;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.svgen.models.Families;
import org.svgen.pipeline.Rules;
import org.svgen.setting.Rule;
import org.svgen.setting.Setting;
import org.svgen.tensor.Field;

/**
 * What settings are called in requests. All that a request of the library has is here by its name
 * in files ({@code dense_steps}); some have a name of other servers besides, by which answers call
 * them.
 */
public final class SettingNames {
    /** Names of other servers, and the settings that they mean. */
    private static final Map<String, String> ELSEWHERE =
            Map.of(
                    "num_frames", "frames",
                    "num_inference_steps", "steps",
                    "guidance_scale", "guidance",
                    "guidance_scale_2", "guidance2",
                    "boundary_ratio", "boundary",
                    "input_reference", "image");

    private SettingNames() {}

    /** The rules of all settings, by each name that requests may use. */
    static Map<String, Rule<?>> rules() {
        return Known.RULES;
    }

    /**
     * {@return what answers call a setting: {@code num_frames}}
     *
     * @param setting as the library calls it
     */
    public static String of(String setting) {
        return ELSEWHERE.entrySet().stream()
                .filter(name -> name.getValue().equals(setting))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseGet(() -> Field.words(setting, "_"));
    }

    /**
     * {@return settings by the names of answers}
     *
     * @param settings by the library's names
     */
    public static Map<String, Object> keyed(Map<String, Object> settings) {
        Map<String, Object> keyed = new LinkedHashMap<>();
        settings.forEach((name, value) -> keyed.put(of(name), value));
        return keyed;
    }

    /** Found when the first request asks, not when the service starts. */
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
            return rules;
        }
    }
}
