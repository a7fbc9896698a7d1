package org.svgen.cli;

/** How svgen ends, as shells and scripts see it. */
final class ExitCode {
    static final int DONE = 0;
    static final int FAILED = 1;

    /** Wrong usage, or what the user can mend. */
    static final int BAD_INPUT = 2;

    /** As shells see a program that Ctrl-C ended. */
    static final int INTERRUPTED = 130;

    /** As shells see a program whose reader went away. */
    static final int PIPE_CLOSED = 141;

    private ExitCode() {}
}
