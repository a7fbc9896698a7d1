package org.svgen.cli;

import org.jspecify.annotations.Nullable;
import org.svgen.pipeline.Rules;
import picocli.CommandLine.Option;

/** Which steps are skipped; null leaves it to the model. */
final class CacheOptions {
    @Option(
            names = "--cache",
            arity = "0..1",
            fallbackValue = "easy",
            paramLabel = "KIND",
            description =
                    "Skip denoising steps and make their outputs of earlier ones: faster, and further"
                            + " from what all steps would give. easy: where the error that adds up"
                            + " stays small, as estimated while the run goes on (what --cache alone"
                            + " means). tea: by a signal whose meaning was fitted to the model"
                            + " (TeaCache). fbc: where the first block adds what it added before. even:"
                            + " a share of the steps, spread evenly. none: no step."
                            + " Default: the model's own, most often none.")
    @Nullable String cache;

    @Option(
            names = "--cache-threshold",
            paramLabel = "X|auto",
            description =
                    "What the cache goes by. easy: the error, as a share of the output, that a skipped"
                            + " step stays below, such as 0.05; more skips more. tea: the changes that"
                            + " add up. fbc: the change of what the first block adds. even: the share"
                            + " of all steps that is skipped. Default: the model's own.")
    @Nullable String cacheThreshold;

    @Option(
            names = "--cache-warm-up",
            paramLabel = "N|FRACTION",
            description =
                    "The first steps, a count or a fraction, are never skipped; neither are those of"
                            + " --dense-steps, where attention is sparse. Default: the model's own.")
    @Nullable String cacheWarmUp;

    @Option(
            names = "--cache-in-a-row",
            paramLabel = "N",
            description =
                    "At most so many steps are skipped one after the other. Default: the model's own,"
                            + " most often 3.")
    @Nullable Integer cacheInARow;

    void addTo(Given given) {
        given.parse(Rules.CACHE, cache);
        given.parse(Rules.CACHE_THRESHOLD, cacheThreshold);
        given.parse(Rules.CACHE_WARM_UP, cacheWarmUp);
        given.add(Rules.CACHE_IN_A_ROW, cacheInARow);
    }
}
