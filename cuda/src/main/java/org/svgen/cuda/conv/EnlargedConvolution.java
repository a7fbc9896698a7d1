package org.svgen.cuda.conv;

import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.ConvolveEnlargedOp;
import org.svgen.tensor.op.Ops.ConvGeometry;

/** A convolution of frames that are enlarged. */
record EnlargedConvolution(ConvolveEnlargedOp op) {
    Tensor weight() {
        return Convolution.plain(op.weight());
    }

    /** The convolution of what is enlarged, of which only sizes and types are right. */
    Convolution convolution() {
        Tensor weight = weight();
        ConvGeometry same = ConvGeometry.same(weight.size(3) / 2);
        return new Convolution(op.x(), null, weight, 0, op.bias(), same, false, op.out());
    }
}
