package org.svgen.setting;

import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.svgen.tensor.Field;

/**
 * A setting that some models have and others don't, as the family of those models declares it. The
 * command line makes an option of it, model folders and recipes a key.
 *
 * @param <T> of its values
 * @param rule its name and the values that it takes
 * @param absent the value where nothing is said
 * @param label the parameter of its option, such as {@code N}; of no use to a flag
 * @param description for the help: a sentence or more, which say what holds by default
 */
public record Setting<T>(Rule<T> rule, T absent, String label, String description) {
    private static final Pattern CAMEL_CASE = Pattern.compile("[a-z][a-z0-9]*([A-Z][a-z0-9]*)*");

    /** Checks the name, and that {@code absent} is one of the values. */
    public Setting {
        Objects.requireNonNull(rule, "rule");
        Objects.requireNonNull(absent, "absent");
        Objects.requireNonNull(label, "label");
        Objects.requireNonNull(description, "description");
        if (!CAMEL_CASE.matcher(rule.name()).matches()) {
            throw new IllegalArgumentException("no name of a setting: " + rule.name());
        }
        rule.require(absent);
    }

    /**
     * {@return a setting that is on or off}
     *
     * @param name in camelCase
     * @param absent the value where nothing is said
     * @param description for the help
     */
    public static Setting<Boolean> flag(String name, boolean absent, String description) {
        return of(name, Values.flags(), absent, "", description);
    }

    /**
     * {@return a setting that is one of some values}
     *
     * @param <T> of its values
     * @param name in camelCase
     * @param choices all values, each named by its {@code toString}
     * @param absent the value where nothing is said
     * @param description for the help
     */
    public static <T> Setting<T> choice(
            String name, List<T> choices, T absent, String description) {
        Choices<T> values = Choices.of(choices);
        return of(name, values, absent, values.label(), description);
    }

    /**
     * {@return a setting that takes such values}
     *
     * @param <T> of its values
     * @param name in camelCase
     * @param values that it takes
     * @param absent the value where nothing is said
     * @param label the parameter of its option, such as {@code N}
     * @param description for the help
     */
    public static <T> Setting<T> of(
            String name, Values<T> values, T absent, String label, String description) {
        Objects.requireNonNull(name, "name");
        return new Setting<>(new Rule<>(new Field(name), values), absent, label, description);
    }

    /** {@return its name, in camelCase} */
    public String name() {
        return rule.name();
    }

    /** {@return whether it is on or off, which an option says without a parameter} */
    public boolean isFlag() {
        return absent instanceof Boolean;
    }
}
