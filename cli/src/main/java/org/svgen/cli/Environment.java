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

    /** The user's folder: {@code HOME}, as Python's tools have it, else what the system says. */
    Path home() {
        String home = variables.getOrDefault("HOME", "");
        return Path.of(home.isEmpty() ? System.getProperty("user.home") : home);
    }
}
