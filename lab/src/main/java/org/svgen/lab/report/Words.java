package org.svgen.lab.report;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Names as people read them. */
final class Words {
    private Words() {}

    static String count(int count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }

    /** {@code denseSteps} is "dense steps". */
    static String ofSetting(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1 $2").toLowerCase(Locale.ROOT);
    }

    /** {@code receipt_error} is "receipt error". */
    static String ofNumber(String name) {
        return name.replace('_', ' ');
    }

    static String ofSettings(Map<String, Object> settings) {
        return settings.entrySet().stream()
                .map(setting -> ofSetting(setting.getKey()) + " " + setting.getValue())
                .collect(Collectors.joining(", "));
    }
}
