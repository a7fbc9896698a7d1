package org.svgen.server.wire;

import java.util.LinkedHashMap;
import java.util.Map;
import org.svgen.models.RequestNames;

/** What answers call the settings of requests. */
public final class SettingNames {
    private SettingNames() {}

    /**
     * {@return settings by the names of answers}
     *
     * @param settings by the library's names
     */
    public static Map<String, Object> keyed(Map<String, Object> settings) {
        Map<String, Object> keyed = new LinkedHashMap<>();
        settings.forEach((name, value) -> keyed.put(RequestNames.of(name), value));
        return keyed;
    }
}
