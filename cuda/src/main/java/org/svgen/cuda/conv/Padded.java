package org.svgen.cuda.conv;

import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Gpu.Scratch;
import org.svgen.cuda.simple.Shuffles;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Ops.ConvGeometry;

/** Frames in bf16 with a margin of copies, and copies of the first in front, for a while. */
final class Padded implements AutoCloseable {
    private final Scratch scratch;
    private final Tensor tensor;

    /**
     * @param front copies of the first frame
     */
    Padded(Gpu gpu, Shuffles shuffles, Tensor x, int front, ConvGeometry g) {
        Shape shape =
                Shape.of(
                        (long) front + x.size(0),
                        (long) x.size(1) + g.top() + g.bottom(),
                        (long) x.size(2) + g.left() + g.right(),
                        x.size(3));
        scratch = gpu.scratch(DType.BF16, shape);
        tensor = scratch.tensor(DType.BF16, shape);
        shuffles.repeatEdges(x, front, g.top(), g.left(), tensor);
    }

    Tensor tensor() {
        return tensor;
    }

    @Override
    public void close() {
        scratch.close();
    }
}
