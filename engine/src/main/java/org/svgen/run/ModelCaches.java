package org.svgen.run;

import java.util.OptionalDouble;
import org.svgen.pipeline.CacheSettings;

/**
 * What is known of caches that skip a model's steps.
 *
 * @param easy the threshold of EasyCache that is recommended
 */
public record ModelCaches(double easy) {
    /** Where nobody measured the model: what was published for most of them (Wan 2.1). */
    public static final ModelCaches DEFAULT = new ModelCaches(0.05);

    /** The share that is skipped where none is asked for: 1.7 times as fast, as caches go. */
    private static final double EVEN_SHARE = 0.4;

    /**
     * {@return the settings with a threshold, where the kind has one}
     *
     * @param settings perhaps without
     */
    CacheSettings complete(CacheSettings settings) {
        OptionalDouble threshold =
                switch (settings.kind()) {
                    case NONE -> OptionalDouble.empty();
                    case EASY -> OptionalDouble.of(easy);
                    case EVEN -> OptionalDouble.of(EVEN_SHARE);
                };
        return settings.threshold().isPresent() || threshold.isEmpty()
                ? settings
                : settings.toBuilder().threshold(threshold).build();
    }
}
