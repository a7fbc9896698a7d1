package org.svgen.lab.metrics;

import java.util.List;
import java.util.Objects;

/**
 * How far apart two videos are as LPIPS sees it; 0 is equal.
 *
 * @param trunk the name of the classifier whose features are compared
 * @param layers the distance by each of its features, mean over frames
 */
public record LpipsDistance(String trunk, List<Double> layers) {
    /** Keeps a copy of the list. */
    public LpipsDistance {
        Objects.requireNonNull(trunk, "trunk");
        Objects.requireNonNull(layers, "layers");
        layers = List.copyOf(layers);
    }

    /** {@return LPIPS: the sum over all features} */
    public double value() {
        return layers.stream().mapToDouble(Double::doubleValue).sum();
    }
}
