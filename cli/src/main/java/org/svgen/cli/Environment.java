package org.svgen.cli;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;

/**
 * All that commands get from outside; tests bring their own.
 *
 * @param variables the environment variables
 */
record Environment(
        Console console,
        InputStream in,
        ModelOpener opener,
        Interrupts interrupts,
        Map<String, String> variables) {

    /** {@return the same with another standard input} */
    Environment reading(InputStream other) {
        return new Environment(console, other, opener, interrupts, variables);
    }

    /** The user's folder: {@code HOME}, as Python's tools have it, else what the system says. */
    Path home() {
        return home(variables.getOrDefault("HOME", ""), System.getProperty("user.home", ""));
    }

    /** A user whom the system does not know has none; what asks for it then finds nothing there. */
    static Path home(String variable, String system) {
        String home = variable.isEmpty() ? system : variable;
        return Path.of(home.isEmpty() || home.equals("?") ? "/nonexistent" : home);
    }
}
