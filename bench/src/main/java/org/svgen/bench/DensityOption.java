package org.svgen.bench;

import org.svgen.tensor.BadInputException;
import picocli.CommandLine.Option;

/** How much sparse attention keeps. */
final class DensityOption {
    @Option(
            names = "--density",
            description = "Kept fraction of pairs, ${DEFAULT-VALUE} by default.")
    double density = 0.25;

    /**
     * The kept fraction of query-key pairs, in (0, 1].
     *
     * @throws BadInputException if the option is none
     */
    double checked() {
        return checked(density);
    }

    /**
     * {@code density}, in (0, 1].
     *
     * @throws BadInputException if it is not
     */
    static double checked(double density) {
        Checks.that(
                density > 0 && density <= 1,
                "--density %s: expected more than 0, at most 1".formatted(density));
        return density;
    }
}
