package org.svgen.cpu;

import org.svgen.tensor.DType;
import org.svgen.tensor.device.Backend;
import org.svgen.testkit.EightBitAttentionContract;
import org.svgen.testkit.EightBitRecipe;

/** The recipe of 8 bits keeps the contract, to which kernels are held. */
class EightBitRecipeTest extends EightBitAttentionContract {
    @Override
    protected Backend open() {
        return new EightBitRecipe();
    }

    @Override
    protected DType activations() {
        return DType.F32;
    }
}
