package org.svgen.bench;

import picocli.CommandLine.Option;

/** A flag that must be given, so that nobody takes random weights for a model's own. */
final class SyntheticOption {
    @Option(
            names = "--synthetic-weights",
            required = true,
            description = "Random weights; there are no others here.")
    boolean synthetic;
}
