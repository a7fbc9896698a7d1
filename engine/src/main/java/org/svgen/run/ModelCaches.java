package org.svgen.run;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.svgen.cache.TeaCurve;
import org.svgen.pipeline.CacheSettings;
import org.svgen.pipeline.CacheSettings.Kind;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Rules;
import org.svgen.tensor.BadInputException;

/**
 * What is known of caches that skip a model's steps.
 *
 * @param easy the threshold of EasyCache that is recommended
 * @param inside whether a cache can look into the network ({@link Denoiser#inside})
 * @param tea the curve of TeaCache; none if nobody fitted one
 */
public record ModelCaches(double easy, boolean inside, Optional<TeaCurve> tea) {
    /** Where nobody measured the model: what was published for most of them (Wan 2.1). */
    public static final ModelCaches DEFAULT = new ModelCaches(0.05, false, Optional.empty());

    /** The share that is skipped where none is asked for: 1.7 times as fast, as caches go. */
    private static final double EVEN_SHARE = 0.4;

    /** Of cache-dit. */
    private static final double FIRST_BLOCK = 0.08;

    /** Checks that nothing is null that must be there. */
    public ModelCaches {
        Objects.requireNonNull(tea, "tea");
    }

    /**
     * {@return what is known of a model whose network can be looked into}
     *
     * @param easy the threshold of EasyCache
     * @param tea the curve of TeaCache, if somebody fitted one
     */
    public static ModelCaches inside(double easy, Optional<TeaCurve> tea) {
        return new ModelCaches(easy, true, tea);
    }

    /**
     * @throws BadInputException if the model does not have such a cache, or cannot reuse attention
     */
    void require(Request request) {
        CacheSettings settings = request.cache();
        if (Broadcasts.meant(request.attention()) && !inside) {
            throw BadInputException.of(
                    Rules.ATTENTION.field(),
                    "a mode that this model has",
                    request.attention().mode());
        }
        if (settings.kind() == Kind.TEA && tea.isEmpty()) {
            throw BadInputException.of(
                    Rules.CACHE.field(),
                    "a cache that this model has (tea has coefficients for %s)"
                            .formatted(
                                    TeaCurve.PUBLISHED.stream()
                                            .map(TeaCurve::model)
                                            .collect(Collectors.joining(", "))),
                    settings.kind());
        }
        if (settings.kind() == Kind.FBC && !inside) {
            throw BadInputException.of(
                    Rules.CACHE.field(), "a cache that this model has", settings.kind());
        }
    }

    /**
     * {@return the settings with a threshold, where the kind has one}
     *
     * @param settings perhaps without
     */
    CacheSettings complete(CacheSettings settings) {
        if (settings.threshold().isPresent() || settings.kind() == Kind.NONE) {
            return settings;
        }
        double threshold =
                switch (settings.kind()) {
                    case NONE -> throw new AssertionError();
                    case EASY -> easy;
                    case EVEN -> EVEN_SHARE;
                    case TEA -> tea.orElseThrow().threshold();
                    case FBC -> FIRST_BLOCK;
                };
        return settings.toBuilder().threshold(OptionalDouble.of(threshold)).build();
    }
}
