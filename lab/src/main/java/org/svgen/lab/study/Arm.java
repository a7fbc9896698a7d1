package org.svgen.lab.study;

import java.util.Objects;
import org.svgen.lab.study.Method.Role;

/**
 * A method as a study file says it.
 *
 * @param name of the method
 * @param role in the study
 * @param settings on top of those that all methods share
 * @param where the file says it
 */
public record Arm(String name, Role role, Settings settings, String where) {
    /** Checks that nothing is null. */
    public Arm {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(role, "role");
        Objects.requireNonNull(settings, "settings");
        Objects.requireNonNull(where, "where");
    }

    /** {@return the same for results} */
    public Method method() {
        return new Method(name, role, settings.values());
    }
}
