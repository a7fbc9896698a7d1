package org.svgen.lab.study;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Settings of requests, and where a study says them.
 *
 * @param values by their names in camelCase: each a {@link Boolean}, a {@link Number} or a {@link
 *     String}, as files hold it
 * @param places where each stands: {@code study.yaml, line 3, column 5}
 */
public record Settings(Map<String, Object> values, Map<String, String> places) {
    /** No settings. */
    public static final Settings NONE = new Settings(Map.of(), Map.of());

    /** Keeps copies, in their order. */
    public Settings {
        Objects.requireNonNull(values, "values");
        Objects.requireNonNull(places, "places");
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
        places = Collections.unmodifiableMap(new LinkedHashMap<>(places));
    }

    /**
     * {@return these settings, and {@code others}, which win}
     *
     * @param others more settings
     */
    public Settings and(Settings others) {
        Objects.requireNonNull(others, "others");
        Map<String, Object> all = new LinkedHashMap<>(values);
        all.putAll(others.values);
        Map<String, String> where = new LinkedHashMap<>(places);
        where.putAll(others.places);
        return new Settings(all, where);
    }
}
