package org.svgen.bench;

import org.svgen.pipeline.Rules;
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
        return Rules.DENSITY.require(density);
    }
}
