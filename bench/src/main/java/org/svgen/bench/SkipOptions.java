package org.svgen.bench;

import org.jspecify.annotations.Nullable;
import org.svgen.pipeline.CacheBuilder;
import org.svgen.pipeline.CacheSettings;
import org.svgen.pipeline.Rules;
import picocli.CommandLine.Option;

/** Which steps are skipped. */
final class SkipOptions {
    @Option(
            names = "--cache",
            paramLabel = "KIND",
            description =
                    "Skip steps: none, easy, tea, fbc or even; ${DEFAULT-VALUE} by default. Random weights say"
                            + " nothing about which steps can be skipped: even forces a share.")
    String cache = "none";

    @Option(
            names = "--cache-threshold",
            paramLabel = "X",
            description =
                    "easy: the error that adds up; even: the share of steps that is skipped. Default:"
                            + " the model's own.")
    @Nullable String threshold;

    /**
     * The settings, begun from what the model recommends.
     *
     * @throws org.svgen.tensor.BadInputException for the first option that is wrong
     */
    CacheSettings settings(CacheSettings defaults) {
        CacheBuilder builder = defaults.toBuilder().kind(Rules.CACHE.parse(cache));
        if (threshold != null) {
            builder.threshold(Rules.CACHE_THRESHOLD.parse(threshold));
        }
        return builder.build();
    }
}
