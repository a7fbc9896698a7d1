package org.svgen.cuda.product;

import java.util.List;
import java.util.Optional;
import org.svgen.cuda.ffi.CublasLt;
import org.svgen.cuda.gpu.Alignment;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Kernel;
import org.svgen.cuda.gpu.Kernels;
import org.svgen.cuda.gpu.Requirement;
import org.svgen.cuda.product.ProductSettings.Wanted;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;

/** Matrix products by NVIDIA's cuBLASLt, where {@link CublasLtChoice} says so. */
final class CublasLtProducts implements Kernel<Product>, AutoCloseable {
    /** Rows, and weights, below which products are too small to matter. */
    private static final int FEW_ROWS = 128;

    private static final long FEW_WEIGHTS = 1 << 16;

    /** Elements in bf16 that lie at the library's alignment. */
    private static final int GROUP = CublasLt.ALIGNMENT / 2;

    private final ProductSettings settings;
    private final CublasLtChoice choice;
    private final List<Requirement<Product>> requirements =
            List.of(
                    new Requirement<>("bf16 in groups of 8 elements", CublasLtProducts::operands),
                    new Requirement<>(
                            "a bias of the result's type, at a multiple of 16 bytes",
                            CublasLtProducts::bias),
                    new Requirement<>(
                            "no activation, or tanh's gelu into bf16", CublasLtProducts::fused),
                    new Requirement<>(
                            "128 rows and 65536 weights, or more, unless it is asked for",
                            this::large),
                    new Requirement<>("what it is faster at than our kernels", p -> isChosen()),
                    new Requirement<>("what the library has an algorithm for", this::has));

    /**
     * @param ours kernels of our own that the library is compared with
     */
    CublasLtProducts(Gpu gpu, ProductSettings settings, Kernels<Product> ours) {
        this.settings = settings;
        choice = new CublasLtChoice(gpu, settings, ours);
    }

    /** Whose products are used, and why, if that is known yet; empty where ours are alone. */
    String description() {
        return choice.description();
    }

    /** Whose products are used; finds that out if it is not known yet. */
    String arithmetic() {
        return choice.library() == null ? "own products" : "products of cuBLASLt";
    }

    @Override
    public String name() {
        return "cuBLASLt";
    }

    @Override
    public Optional<String> missing() {
        return choice.against();
    }

    @Override
    public List<Requirement<Product>> requirements() {
        return requirements;
    }

    private static boolean operands(Product p) {
        return p.out().elements() > 0
                && operand(p.x())
                && (p.y() == null || operand(p.y()))
                && operand(p.weight())
                && Alignment.rows(GROUP, p.n(), p.out());
    }

    private static boolean operand(Tensor x) {
        return x.dtype() == DType.BF16 && Alignment.rows(GROUP, x.size(-1), x);
    }

    /** The library rounds bias and result alike. */
    private static boolean bias(Product p) {
        Tensor bias = p.bias();
        return bias == null || (bias.dtype() == p.out().dtype() && Alignment.rows(GROUP, 0, bias));
    }

    private static boolean fused(Product p) {
        DType out = p.out().dtype();
        return switch (p.f()) {
            case NONE -> out == DType.BF16 || out == DType.F32;
            case GELU_TANH -> out == DType.BF16;
            default -> false;
        };
    }

    /** Asked for, the library gets small products too. */
    private boolean large(Product p) {
        return settings.wanted() != Wanted.AUTO
                || (p.m() >= FEW_ROWS && p.weight().elements() >= FEW_WEIGHTS);
    }

    private boolean isChosen() {
        return choice.library() != null;
    }

    private boolean has(Product p) {
        CublasLtGemm library = choice.library();
        return library != null && library.has(p);
    }

    @Override
    public void run(Product p) {
        CublasLtGemm library = choice.library();
        if (library == null) {
            throw new IllegalStateException("no library is open");
        }
        library.run(p);
    }

    @Override
    public void close() {
        choice.close();
    }
}
