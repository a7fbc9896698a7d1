package org.svgen.cuda.conv;

import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.ConvolveEnlargedOp;
import org.svgen.tensor.op.Ops.ConvGeometry;

/**
 * A convolution of frames that are enlarged.
 *
 * @param lying where the weights lie as [Co, kt, kh, kw, Ci]
 */
record EnlargedConvolution(ConvolveEnlargedOp op, long lying) {
    Tensor weight() {
        return Convolution.plain(op.weight());
    }

    /** The convolution of what is enlarged, of which only sizes, types and places are right. */
    Convolution convolution() {
        Tensor weight = weight();
        ConvGeometry same = ConvGeometry.same(weight.size(3) / 2);
        return new Convolution(op.x(), weight, lying, op.bias(), same, false, op.out());
    }
}
