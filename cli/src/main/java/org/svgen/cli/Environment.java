package org.svgen.cli;

import java.io.InputStream;

/** All that commands get from outside; tests bring their own. */
record Environment(Console console, InputStream in, ModelOpener opener, Interrupts interrupts) {}
