package org.svgen.cuda.product;

import java.util.List;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Kernel;
import org.svgen.cuda.gpu.KernelLibrary;
import org.svgen.cuda.gpu.Kernels;
import org.svgen.tensor.op.LinearOp;
import org.svgen.tensor.op.LinearPairOp;

/** Matrix products, by the first of these kernels that takes them. */
public final class Products implements AutoCloseable {
    private final CublasLtProducts library;
    private final Kernels<Product> kernels;

    public Products(Gpu gpu, ProductSettings settings) {
        Kernel<Product> tensorCores = new TensorCoreProducts(gpu);
        Kernel<Product> plain = new PlainProducts(gpu);
        library = new CublasLtProducts(gpu, settings, new Kernels<>(List.of(tensorCores, plain)));
        kernels = new Kernels<>(List.of(library, new HopperGemm(gpu), tensorCores, plain));
    }

    /** True if these kernels have products of our own that are as fast as the library's. */
    public static boolean fastIn(KernelLibrary kernels) {
        return HopperGemm.runsOn(kernels);
    }

    public void run(LinearOp o) {
        kernels.run(Product.of(o));
    }

    public void run(LinearPairOp o) {
        kernels.run(Product.of(o));
    }

    public void run(Product product) {
        kernels.run(product);
    }

    /** The kernels in the order in which they are asked. */
    public Kernels<Product> kernels() {
        return kernels;
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
        library.close();
    }
}
