package org.svgen.checkpoint;

import org.svgen.tensor.DType;

/**
 * Weights as a model with activations of a type wants them: what activations are multiplied by,
 * matrices and convolutions' filters, is rounded to that type. Norms, biases and whatever else has
 * one dimension stay as they are, and so do values that come with a scale. For activations of F32
 * nothing is rounded: what is stored in fewer bits is exact in more.
 */
record RoundedWeights(StoredWeights stored, DType activation) implements ChangedWeights {
    @Override
    public StoredWeight changed(String name, StoredWeight weight) {
        boolean rounded =
                activation != DType.F32 && weight.shape().rank() >= 2 && weight.scale() == null;
        return rounded ? new StoredWeight(weight.values(), activation, null) : weight;
    }
}
