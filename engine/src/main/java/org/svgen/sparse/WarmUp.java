package org.svgen.sparse;

/** Which steps and layers attend densely (paper: the first steps fix the composition). */
@FunctionalInterface
public interface WarmUp {
    /**
     * {@return true if {@code layer} is to attend densely in {@code step}}
     *
     * @param step which step, from 0
     * @param timestep on the scheduler's scale
     * @param layer which layer, from 0
     */
    boolean dense(int step, double timestep, int layer);

    /**
     * {@return the first {@code steps} steps, and the first {@code layers} layers of every step}
     *
     * @param steps how many steps
     * @param layers number of layers
     */
    static WarmUp first(int steps, int layers) {
        return (step, timestep, layer) -> step < steps || layer < layers;
    }

    /**
     * {@return the rule of the official CogVideoX code: fractions of the timestep axis and of the
     * layers, both compared without rounding}
     *
     * @param timesteps fraction of the timestep axis that attends densely, from its beginning
     * @param layers fraction of the layers that attend densely, from the first
     * @param layerCount number of layers
     */
    static WarmUp officialCog(double timesteps, double layers, int layerCount) {
        return (step, timestep, layer) ->
                layer < layerCount * layers || timestep > 1000 * (1 - timesteps);
    }

    /**
     * {@return the rule of the official Wan code, which compares timesteps: as {@link #first}, but
     * a step counts with the last dense one if its timestep is less than 1 below}
     *
     * @param timesteps what the model is told at each step
     * @param steps how many steps
     * @param layers number of layers
     */
    static WarmUp officialWan(double[] timesteps, int steps, int layers) {
        double least = steps == 0 ? Double.POSITIVE_INFINITY : timesteps[steps - 1] - 1;
        return (step, timestep, layer) -> timestep > least || layer < layers;
    }
}
