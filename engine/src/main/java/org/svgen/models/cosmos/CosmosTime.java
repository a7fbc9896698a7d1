package org.svgen.models.cosmos;

import org.svgen.tensor.Tensor;

/**
 * A step's time, embedded.
 *
 * @param silu F32 [1, C]: silu of the normalised sinusoid
 * @param shared F32 [3, C]: shift, scale and gate, which all modulation is added to
 */
record CosmosTime(Tensor silu, Tensor shared) {}
