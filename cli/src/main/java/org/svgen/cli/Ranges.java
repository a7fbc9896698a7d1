package org.svgen.cli;

import org.jspecify.annotations.Nullable;
import org.svgen.tensor.BadInputException;

/** Checks of numbers that options were given; null, where an option was left out, passes. */
final class Ranges {
    private Ranges() {}

    static void atLeastOne(String option, @Nullable Integer value) {
        check(value == null || value >= 1, option, "a whole number of at least 1", value);
    }

    static void check(boolean holds, String option, String expected, @Nullable Object found) {
        if (!holds) {
            throw new BadInputException(
                    "%s: expected %s, found %s".formatted(option, expected, found));
        }
    }
}
