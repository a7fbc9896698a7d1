package org.svgen.cuda.product;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Kernels;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.EightBitNormOp;
import org.svgen.tensor.op.LayerNormOp;

/** Norms whose rows products in 8 bits take, by the first of these kernels that takes them. */
public final class EightBitNorms {
    private final TwoPassNorm twoPasses;
    private final Kernels<EightBitNormOp> kernels;

    /**
     * @param norms runs a norm without 8 bits
     */
    public EightBitNorms(Gpu gpu, Consumer<LayerNormOp> norms) {
        twoPasses = new TwoPassNorm(gpu, norms);
        kernels = new Kernels<>(List.of(new OnePassNorm(gpu), twoPasses));
    }

    public void run(EightBitNormOp op) {
        kernels.run(op);
    }

    /** Why no kernel takes it on this GPU; its operands may have no bytes. */
    public Optional<String> refuses(EightBitNormOp op) {
        return kernels.refuses(op);
    }

    /** Bytes beside the operands: rows that are not rounded yet. */
    public long scratchBytes(EightBitNormOp op) {
        return refuses(op).isEmpty() && kernels.first(op) == twoPasses
                ? Tensor.bytes(DType.BF16, op.out().shape())
                : 0;
    }

    /** The kernels in the order in which they are asked. */
    public List<String> description() {
        return kernels.description();
    }
}
