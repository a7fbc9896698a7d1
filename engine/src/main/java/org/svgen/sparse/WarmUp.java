package org.svgen.sparse;

/** Which steps and layers attend densely (paper: the first steps fix the composition). */
@FunctionalInterface
public interface WarmUp {
    /**
     * True if {@code layer} is to attend densely in {@code step}.
     *
     * @param timestep on the scheduler's scale
     */
    boolean dense(int step, double timestep, int layer);

    /** The first {@code steps} steps, and the first {@code layers} layers of every step. */
    static WarmUp first(int steps, int layers) {
        return (step, timestep, layer) -> step < steps || layer < layers;
    }

    /**
     * The rule of the official CogVideoX code: fractions of the timestep axis and of the layers,
     * both compared without rounding.
     */
    static WarmUp officialCog(double timesteps, double layers, int layerCount) {
        return (step, timestep, layer) ->
                layer < layerCount * layers || timestep > 1000 * (1 - timesteps);
    }
}
