package org.svgen.lab.study;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A way to make videos.
 *
 * @param name by which runs and reports call it
 * @param role in the study
 * @param settings by their names in camelCase, in the order of the study file: what differs from
 *     the settings that all methods share; each a {@link Boolean}, a {@link Number} or a {@link
 *     String}
 */
public record Method(String name, Role role, Map<String, Object> settings) {
    /** What a method is there for. */
    public enum Role {
        /** All others are compared with it. */
        REFERENCE,
        /** The same as the reference in exact arithmetic: what rounding alone changes. */
        FLOOR,
        /** To be judged. */
        METHOD
    }

    /** Keeps a copy of the settings. */
    public Method {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(role, "role");
        Objects.requireNonNull(settings, "settings");
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    }
}
