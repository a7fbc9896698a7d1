package org.svgen.lab.study.file;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.svgen.checkpoint.Untrusted;
import org.svgen.lab.study.Arm;
import org.svgen.lab.study.Method.Role;
import org.svgen.lab.study.Settings;
import org.svgen.setting.Rule;
import org.svgen.tensor.Field;

/** Reads methods: settings, where a list of values stands for as many methods. */
final class MethodMatrix {
    private static final int MOST_METHODS = 1000;
    private static final int LONGEST_NAME = 80;

    private final SettingKeys keys;

    MethodMatrix(SettingKeys keys) {
        this.keys = keys;
    }

    /** A method in the making: what its name becomes, and its settings. */
    private record Part(String name, Map<String, Object> values, Map<String, String> places) {
        Part with(String suffix, String setting, Object value, Place place) {
            Map<String, Object> more = new LinkedHashMap<>(values);
            more.put(setting, value);
            Map<String, String> where = new LinkedHashMap<>(places);
            where.put(setting, place.toString());
            return new Part(name + suffix, more, where);
        }
    }

    /** All methods of {@code yaml}: names and their settings, or nothing where there are none. */
    List<Arm> methods(Yaml yaml) {
        if (!(yaml instanceof Yaml.Fields fields) || fields.entries().isEmpty()) {
            throw yaml.place().wrong("methods", "names with their settings", yaml);
        }
        List<Arm> arms = new ArrayList<>();
        fields.entries()
                .forEach((name, entry) -> {
                    requireName(name, entry.key());
                    for (Part part : parts(name, entry.value())) {
                        arms.add(arm(part, Role.METHOD, entry.key()));
                    }
                    if (arms.size() > MOST_METHODS) {
                        throw entry.key()
                                .wrong(
                                        "methods: expected at most %d, found more"
                                                .formatted(MOST_METHODS));
                    }
                });
        return arms;
    }

    /** Settings of one method, without lists. */
    Settings settings(String name, Yaml yaml) {
        List<Part> parts = parts(name, yaml);
        if (parts.size() != 1 || !parts.getFirst().name.equals(name)) {
            throw yaml.place().wrong("%s: expected single values, found a list".formatted(name));
        }
        return new Settings(parts.getFirst().values, parts.getFirst().places);
    }

    private static Arm arm(Part part, Role role, Place place) {
        return new Arm(part.name, role, new Settings(part.values, part.places), place.toString());
    }

    private static void requireName(String name, Place place) {
        if (name.isBlank() || name.length() > LONGEST_NAME) {
            throw place.wrong(
                    "methods: expected a name of up to %d letters, found '%s'"
                            .formatted(LONGEST_NAME, Untrusted.oneLine(name)));
        }
    }

    private List<Part> parts(String name, Yaml yaml) {
        List<Part> parts = List.of(new Part(name, Map.of(), Map.of()));
        if (yaml instanceof Yaml.Nothing) {
            return parts;
        }
        if (!(yaml instanceof Yaml.Fields fields)) {
            throw yaml.place().wrong(name, "settings with their values", yaml);
        }
        for (Map.Entry<String, Yaml.Entry> entry : fields.entries().entrySet()) {
            Rule<?> rule = keys.ofMethod(entry.getKey(), entry.getValue().key());
            parts = times(parts, rule, entry.getValue());
        }
        return parts;
    }

    /** Each part with each value of a setting. */
    private static List<Part> times(List<Part> parts, Rule<?> rule, Yaml.Entry entry) {
        if (!(entry.value() instanceof Yaml.Items list)) {
            Object value = SettingKeys.value(rule, entry.value());
            return parts.stream().map(p -> p.with("", rule.name(), value, entry.key())).toList();
        }
        if (list.items().isEmpty()) {
            throw list.place().wrong(rule.key(), rule.expected() + ", or a list of such", list);
        }
        if ((long) parts.size() * list.items().size() > MOST_METHODS) {
            throw list.place()
                    .wrong("methods: expected at most %d, found more".formatted(MOST_METHODS));
        }
        List<Part> product = new ArrayList<>();
        for (Part part : parts) {
            for (Yaml item : list.items()) {
                Object value = SettingKeys.value(rule, item);
                String said = item instanceof Yaml.Plain plain ? plain.text() : value.toString();
                String suffix = ", %s %s".formatted(Field.words(rule.name(), " "), said);
                product.add(part.with(suffix, rule.name(), value, item.place()));
            }
        }
        return product;
    }
}
