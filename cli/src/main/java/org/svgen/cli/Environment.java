package org.svgen.cli;

import java.io.InputStream;
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
        Map<String, String> variables) {}
