package org.svgen.lab.study.file;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.svgen.models.Families;
import org.svgen.pipeline.Rules;
import org.svgen.setting.Rule;
import org.svgen.setting.Setting;
import org.svgen.setting.Values;
import org.svgen.tensor.DType;

/** The settings that a study may change, by their keys in files: {@code dense_steps}. */
final class SettingKeys {
    /** Which a study says elsewhere. */
    private static final List<Rule<?>> ELSEWHERE = List.of(Rules.PROMPT, Rules.SEED, Rules.DTYPE);

    /** Videos of other sizes cannot be compared. */
    private static final List<Rule<?>> FOR_ALL =
            List.of(Rules.WIDTH, Rules.HEIGHT, Rules.FRAMES, Rules.FPS);

    /**
     * Products in 8 bits: the one type that a method may have, for it has the noise of the others.
     */
    private static final Rule<DType> PRODUCTS =
            new Rule<>(Rules.DTYPE.field(), Values.named(List.of(DType.F8_E4M3), type -> "fp8"));

    private final Map<String, Rule<?>> rules = new LinkedHashMap<>();

    SettingKeys() {
        Stream.concat(
                        Rules.all().stream().filter(rule -> !ELSEWHERE.contains(rule)),
                        Families.settings().stream().map(Setting::rule))
                .forEach(rule -> rules.put(rule.key(), rule));
    }

    /** Those that all methods may share. */
    Collection<String> keys() {
        return rules.keySet();
    }

    Rule<?> rule(String key) {
        return Objects.requireNonNull(rules.get(key), key);
    }

    /**
     * The setting that a method changes.
     *
     * @throws org.svgen.tensor.BadInputException if there is none, or it holds for all methods
     */
    Rule<?> ofMethod(String key, Place place) {
        if (key.equals(PRODUCTS.key())) {
            return PRODUCTS;
        }
        Section.requireKnown(key, place, keys());
        Rule<?> rule = rule(key);
        if (FOR_ALL.contains(rule)) {
            throw place.wrong(
                    "%s: expected under settings, for videos of all methods are compared"
                            .formatted(key));
        }
        return rule;
    }

    /**
     * The value of a setting as files hold it. A text that stands for a number ({@code Infinity})
     * is read too.
     */
    static <T> Object value(Rule<T> rule, Yaml yaml) {
        Values<T> values = rule.values();
        if (yaml instanceof Yaml.Plain plain) {
            Optional<T> value = values.read(plain.value());
            if (value.isEmpty() && plain.value() instanceof String text) {
                value = values.parse(text);
            }
            if (value.filter(values::takes).isPresent()) {
                return values.plain(value.get());
            }
        }
        throw yaml.place().wrong(rule.key(), rule.expected(), yaml);
    }
}
