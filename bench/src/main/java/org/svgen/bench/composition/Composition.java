package org.svgen.bench.composition;

import java.util.Objects;
import org.svgen.pipeline.Amount;
import org.svgen.pipeline.CacheSettings;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.RequestBuilder;

/**
 * What a run is composed of.
 *
 * @param way to attend
 * @param cache which steps are skipped
 * @param precision in what it computes
 * @param pace how many steps it takes
 */
public record Composition(Way way, CacheSettings.Kind cache, Precision precision, Pace pace) {
    /** The slowest: all that others are compared with. */
    public static final Composition PLAIN =
            new Composition(Way.DENSE, CacheSettings.Kind.NONE, Precision.F32, Pace.MANY);

    /** Checks that nothing is null. */
    public Composition {
        Objects.requireNonNull(way, "way");
        Objects.requireNonNull(cache, "cache");
        Objects.requireNonNull(precision, "precision");
        Objects.requireNonNull(pace, "pace");
    }

    /** {@return the same with dense attention} */
    public Composition dense() {
        return new Composition(Way.DENSE, cache, precision, pace);
    }

    /**
     * {@return the video by this composition}
     *
     * @param base the video, with as many steps as the model is made for
     * @param density of sparse calls
     * @param denseSteps steps of many that attend densely; of few it is one
     * @throws org.svgen.tensor.BadInputException if parts do not go together
     */
    public Request over(Request base, double density, int denseSteps) {
        int warmUp = pace.few() ? 1 : denseSteps;
        RequestBuilder request =
                base.toBuilder()
                        .dtype(precision.noise())
                        .attention(
                                way.settings(base.attention(), density, warmUp).toBuilder()
                                        .attentionDtype(precision.attention())
                                        .build())
                        .cache(
                                base.cache().toBuilder()
                                        .kind(cache)
                                        .warmUp(new Amount.Count(warmUp))
                                        .build());
        pace.addTo(request);
        return request.build();
    }

    /** {@code svg, budget moving, tail on; cache easy; bf16; 4 steps}. */
    @Override
    public String toString() {
        return "%s; cache %s; %s; %s".formatted(way, cache, precision, pace);
    }
}
