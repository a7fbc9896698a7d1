package org.svgen.cuda.conv;

import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.ConvolveNormedOp;

/** A convolution of what is normalised before. */
record NormedConvolution(ConvolveNormedOp op) {
    Convolution convolution() {
        return Convolution.of(op.convolution(), 0);
    }

    /** Whether the result lies where something of what is normalised does. */
    boolean inPlace() {
        Tensor x = op.norm().x();
        Tensor out = op.convolution().out();
        return x.storage() == out.storage()
                && x.offset() < out.offset() + out.bytes()
                && out.offset() < x.offset() + x.bytes();
    }
}
