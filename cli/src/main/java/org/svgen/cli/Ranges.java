package org.svgen.cli;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.BadInputException;

/** Checks of numbers that options were given; null, where an option was left out, passes. */
final class Ranges {
    private static final String COUNT = "a whole number of at least 1";

    /** What numbers the options take. */
    private static final Map<String, String> EXPECTED =
            Map.ofEntries(
                    Map.entry("--width", COUNT),
                    Map.entry("--height", COUNT),
                    Map.entry("--frames", COUNT),
                    Map.entry("--steps", COUNT),
                    Map.entry("--sampled-rows", COUNT),
                    Map.entry("--fps", "a number above 0 and at most 1000"),
                    Map.entry("--guidance", "a number from 0 to 1000"),
                    Map.entry("--density", "a number in (0, 1]"),
                    Map.entry("--head-tolerance", "a number of at least 0, or Infinity"),
                    Map.entry("--seed", "a whole number from -2^63 to 2^64 - 1, or random"));

    private Ranges() {}

    static void atLeastOne(String option, @Nullable Integer value) {
        check(value == null || value >= 1, option, value);
    }

    /** What {@code option} takes, as its type says where nothing more is known. */
    static String expected(String option, Class<?> type) {
        boolean real = type == double.class || type == Double.class;
        return EXPECTED.getOrDefault(option, real ? "a number" : "a whole number");
    }

    static void check(boolean holds, String option, @Nullable Object found) {
        if (!holds) {
            throw new BadInputException(
                    "%s: expected %s, found %s"
                            .formatted(option, expected(option, Double.class), found));
        }
    }
}
