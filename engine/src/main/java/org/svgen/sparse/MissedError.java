package org.svgen.sparse;

import java.util.OptionalDouble;
import org.svgen.state.State;

/**
 * How far a run's attention was from dense attention, measured on sampled rows: the root of the
 * mean of squared errors, each as a share of what its layer puts out and by the weight of its step
 * and branch ({@link Course}). Dense calls have no error.
 */
public final class MissedError {
    private double[] layers; // weighted errors
    private double errors;
    private double weights; // of all steps: heads of a layer times weights of branches
    private double stepErrors;
    private double stepWeights;
    private boolean known;

    MissedError(int layers) {
        this.layers = new double[layers];
    }

    /** A step begins, whose layers each weigh {@code weight}. */
    void beginStep(double weight) {
        stepErrors = 0;
        stepWeights = 0;
        weigh(weight);
    }

    /** Another policy takes the same step, in which its layers each weigh {@code weight}. */
    void weigh(double weight) {
        stepWeights += weight;
        weights += weight;
    }

    /** {@code layer} missed so much in this step, all heads together, weighted. */
    void add(int layer, double error) {
        known = true;
        layers[layer] += error;
        stepErrors += error;
        errors += error;
    }

    /** A step was skipped, whose output misses so much for each layer, weighted. */
    void skipped(double error) {
        known = true;
        stepErrors += error * layers.length;
        errors += error * layers.length;
    }

    void state(State state) {
        layers = state.numbers("layers", layers);
        errors = state.number("errors", errors);
        weights = state.number("weights", weights);
        known = state.flag("known", known);
    }

    /** {@return the error of the run so far; none if nothing was measured} */
    public OptionalDouble error() {
        return root(errors, weights * layers.length);
    }

    /** {@return the error of the last step; none if nothing was measured} */
    public OptionalDouble stepError() {
        return root(stepErrors, stepWeights * layers.length);
    }

    /**
     * {@return the error of a layer so far; none if nothing was measured}
     *
     * @param layer which, from 0
     */
    public OptionalDouble layerError(int layer) {
        return root(layers[layer], weights);
    }

    private OptionalDouble root(double error, double weight) {
        return known && weight > 0
                ? OptionalDouble.of(Math.sqrt(Math.max(0, error) / weight))
                : OptionalDouble.empty();
    }
}
