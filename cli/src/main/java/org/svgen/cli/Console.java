package org.svgen.cli;

import java.io.PrintStream;

/**
 * Where text goes.
 *
 * @param out results, for people and programs
 * @param err all that is said on the way, for people
 * @param terminal true if {@code err} is a terminal, where a line may be drawn again
 */
record Console(PrintStream out, PrintStream err, boolean terminal) {
    private static final String CLEAR_LINE = "\r\033[K";

    /** One line for people; wipes a progress bar that may stand there. */
    void say(String line) {
        err.println(terminal ? CLEAR_LINE + line : line);
        err.flush();
    }

    /** A line that the next one replaces; for terminals. */
    void draw(String line) {
        err.print(CLEAR_LINE + line);
        err.flush();
    }
}
