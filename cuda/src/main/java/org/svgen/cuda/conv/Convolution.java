package org.svgen.cuda.conv;

import org.jspecify.annotations.Nullable;
import org.svgen.cuda.gpu.DeviceStorage;
import org.svgen.cuda.product.TiledProduct;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.Conv3dAddOp;
import org.svgen.tensor.op.Conv3dOp;
import org.svgen.tensor.op.ConvolveAfterOp;
import org.svgen.tensor.op.Ops.ConvGeometry;
import org.svgen.tensor.op.Weight;

/**
 * A convolution to compute, of weights whose channels lie last, as those of the input do: then what
 * a tap reads lies together.
 *
 * @param past frames before those of {@code x}, the first of which repeats; none where {@code x}
 *     has them
 * @param weight [Co, Ci, kt, kh, kw]; for its shape and type
 * @param lying where the weights lie as [Co, kt, kh, kw, Ci]
 * @param add whether the result is added to {@code out}
 */
record Convolution(
        Tensor x,
        @Nullable Tensor past,
        Tensor weight,
        long lying,
        @Nullable Tensor bias,
        ConvGeometry geometry,
        boolean add,
        Tensor out) {
    static Convolution of(Conv3dOp o, long lying) {
        return new Convolution(
                o.x(), null, plain(o.weight()), lying, o.bias(), o.geometry(), false, o.out());
    }

    static Convolution of(Conv3dAddOp o, long lying) {
        return new Convolution(
                o.x(), null, plain(o.weight()), lying, o.bias(), o.geometry(), true, o.out());
    }

    static Convolution of(ConvolveAfterOp o, long lying) {
        return new Convolution(
                o.frames(),
                o.past(),
                plain(o.weight()),
                lying,
                o.bias(),
                o.geometry(),
                o.scratch() != null,
                o.out());
    }

    /** No kernel reads a scale yet. */
    static Tensor plain(Weight weight) {
        return weight.unscaled("cuda");
    }

    int inChannels() {
        return x.size(3);
    }

    int outChannels() {
        return weight.size(0);
    }

    boolean bf16() {
        return x.dtype() == DType.BF16 && weight.dtype() == DType.BF16;
    }

    /** True if every pixel is the middle of an output, in time and space. */
    boolean strideless() {
        return geometry.strideTime() == 1 && geometry.strideSpace() == 1;
    }

    /** The weights as they lie, in rows. */
    Tensor weights(long rows) {
        DeviceStorage there = new DeviceStorage(lying, weight.bytes());
        return new Tensor(weight.dtype(), Shape.of(rows, weight.elements() / rows), there, 0);
    }

    /** As a product, whose rows are the pixels of {@code out}. */
    TiledProduct product() {
        return new TiledProduct(
                "conv",
                x,
                null,
                inChannels(),
                weights(outChannels()),
                bias,
                Activation.NONE,
                Math.toIntExact(out.elements() / out.size(3)),
                out);
    }
}
