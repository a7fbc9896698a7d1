package org.svgen.setting;

import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Field;

/**
 * The settings that only some models have, by their names. A setting that the opened model does not
 * have may be among them: it is kept, and has no effect.
 *
 * @param values as files hold them: {@link Boolean}, {@link Number} or {@link String}
 */
public record FamilySettings(Map<String, Object> values) {
    /** No setting at all. */
    public static final FamilySettings NONE = new FamilySettings(Map.of());

    /** Keeps a copy, in the order of names. */
    public FamilySettings {
        Objects.requireNonNull(values, "values");
        values.forEach(FamilySettings::requirePlain);
        values = Collections.unmodifiableMap(new TreeMap<>(values));
    }

    private static void requirePlain(String name, Object value) {
        if (!(value instanceof Boolean || value instanceof Number || value instanceof String)) {
            throw new IllegalArgumentException(
                    "%s: expected true, false, a number or a text".formatted(name));
        }
    }

    /** {@return the values by their names in files: {@code dynamic_guidance}} */
    public Map<String, Object> keyed() {
        Map<String, Object> keyed = new TreeMap<>();
        values.forEach((name, value) -> keyed.put(Field.words(name, "_"), value));
        return Collections.unmodifiableMap(keyed);
    }

    /**
     * {@return the value of a setting, or what it is where nothing is said}
     *
     * @param <T> of its values
     * @param setting one that the family has
     * @throws BadInputException if it was set by its name to a value that it does not take
     */
    public <T> T get(Setting<T> setting) {
        Object plain = values.get(setting.name());
        return plain == null ? setting.absent() : setting.rule().read(plain);
    }

    /**
     * {@return these settings, with one changed}
     *
     * @param <T> of its values
     * @param setting one that a family has
     * @param value for it
     * @throws BadInputException if the setting does not take the value
     */
    public <T> FamilySettings with(Setting<T> setting, T value) {
        Rule<T> rule = setting.rule();
        return with(rule.name(), rule.values().plain(rule.require(value)));
    }

    /**
     * {@return these settings, with one changed by its name} Whether the value is one that the
     * setting takes is checked where the setting is known: by the model.
     *
     * @param name in camelCase
     * @param plain {@link Boolean}, {@link Number} or {@link String}
     */
    public FamilySettings with(String name, Object plain) {
        Map<String, Object> changed = new TreeMap<>(values);
        changed.put(name, plain);
        return new FamilySettings(changed);
    }
}
