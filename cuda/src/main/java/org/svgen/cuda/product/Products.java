package org.svgen.cuda.product;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Kernel;
import org.svgen.cuda.gpu.KernelLibrary;
import org.svgen.cuda.gpu.Kernels;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.EmbeddingOp;
import org.svgen.tensor.op.LinearOp;
import org.svgen.tensor.op.LinearPairOp;
import org.svgen.tensor.op.Op;
import org.svgen.tensor.op.Weight;
import org.svgen.tensor.op.Weight.Inputs;

/** Matrix products, by the first of these kernels that takes them. */
public final class Products implements AutoCloseable {
    private final CublasLtProducts library;
    private final Kernels<Product> kernels;
    private final Kernels<EightBitProduct> inEightBits;
    private final QuantisedRows rows;
    private final Numbers numbers;

    public Products(Gpu gpu, ProductSettings settings) {
        Kernel<Product> tensorCores = new TensorCoreProducts(gpu);
        Kernel<Product> plain = new PlainProducts(gpu);
        library = new CublasLtProducts(gpu, settings, new Kernels<>(List.of(tensorCores, plain)));
        kernels = new Kernels<>(List.of(library, new HopperGemm(gpu), tensorCores, plain));
        // A product of 8 bits runs in one of these or is refused.
        rows = new QuantisedRows(gpu);
        numbers = new Numbers(gpu);
        inEightBits = new Kernels<>(List.of(new HopperGemm8(gpu, rows)));
    }

    /** True if these kernels have products of our own that are as fast as the library's. */
    public static boolean fastIn(KernelLibrary kernels) {
        return HopperGemm.runsOn(kernels);
    }

    public void run(LinearOp o) {
        switch (o.weight().inputs()) {
            case FULL -> numbers.of(o.weight(), w -> kernels.run(Product.of(o, w)));
            case EIGHT_BITS -> inEightBits.run(EightBitProduct.of(o));
        }
    }

    public void run(LinearPairOp o) {
        switch (o.weight().inputs()) {
            case FULL -> numbers.of(o.weight(), w -> kernels.run(Product.of(o, w)));
            case EIGHT_BITS -> inEightBits.run(EightBitProduct.of(o));
        }
    }

    /** Gives some rows of a weight that lies in fewer bits to whoever reads them. */
    public void rows(Weight weight, Tensor ids, Consumer<Tensor> reader) {
        numbers.rows(weight, ids, reader);
    }

    /** Gives back what products keep for each other, unless {@code next} can be one of them. */
    public void before(Op next) {
        rows.before(next);
    }

    /** Gives back what products keep for each other: memory changes hands. */
    public void forget() {
        rows.forget();
    }

    /** Why no kernel takes a product of 8 bits on this GPU; its operands may have no bytes. */
    public Optional<String> refuses(Op op) {
        return inEightBits(op).flatMap(inEightBits::refuses);
    }

    /** What an operation takes beside its operands: inputs in 8 bits, or a weight's numbers. */
    public long scratchBytes(Op op) {
        return inEightBits(op)
                .map(EightBitProduct::scratchBytes)
                .orElseGet(() ->
                        switch (op) {
                            case LinearOp o -> Numbers.bytes(o.weight());
                            case LinearPairOp o -> Numbers.bytes(o.weight());
                            case EmbeddingOp o -> Numbers.bytes(o.table(), o.ids());
                            default -> 0L;
                        });
    }

    private static Optional<EightBitProduct> inEightBits(Op op) {
        return switch (op) {
            case LinearOp o when o.weight().inputs() == Inputs.EIGHT_BITS ->
                    Optional.of(EightBitProduct.of(o));
            case LinearPairOp o when o.weight().inputs() == Inputs.EIGHT_BITS ->
                    Optional.of(EightBitProduct.of(o));
            default -> Optional.empty();
        };
    }

    public void run(Product product) {
        kernels.run(product);
    }

    /** The kernels in the order in which they are asked. */
    public Kernels<Product> kernels() {
        return kernels;
    }

    /** The kernels of products of 8 bits in the order in which they are asked. */
    public List<String> eightBitsDescription() {
        return inEightBits.description();
    }

    /** Whose products are used, where there is a choice; else empty. */
    public String description() {
        return library.description();
    }

    /** Whose products are used; finds that out if it is not known yet. */
    public String arithmetic() {
        return library.arithmetic();
    }

    @Override
    public void close() {
        rows.forget();
        library.close();
    }
}
