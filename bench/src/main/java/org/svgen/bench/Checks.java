package org.svgen.bench;

import org.svgen.tensor.BadInputException;

/** What options must hold to. */
final class Checks {
    private Checks() {}

    /**
     * @throws BadInputException with {@code message}, unless it {@code holds}
     */
    static void that(boolean holds, String message) {
        if (!holds) {
            throw new BadInputException(message);
        }
    }

    /**
     * @throws BadInputException naming {@code option}, if it is less than {@code least}
     */
    static void atLeast(int least, String option, int found) {
        that(found >= least, "%s %d: expected at least %d".formatted(option, found, least));
    }
}
