package org.svgen.cuda.product;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.svgen.cuda.ffi.CublasLt;
import org.svgen.cuda.ffi.CublasLtException;
import org.svgen.cuda.gpu.Alignment;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Kernel;
import org.svgen.cuda.gpu.Kernels;
import org.svgen.cuda.gpu.Requirement;
import org.svgen.cuda.product.ProductSettings.Wanted;
import org.svgen.tensor.DType;
import org.svgen.tensor.OutOfDeviceMemoryException;
import org.svgen.tensor.Tensor;

/**
 * Gives matrix products to cuBLASLt if it is installed and clearly faster than our kernels, which
 * is found out when the first comes that it could compute. Where Hopper's kernels run it never is.
 */
final class CublasLtProducts implements Kernel<Product>, AutoCloseable {
    /** Rows, and weights, below which products are too small to matter. */
    private static final int FEW_ROWS = 128;

    private static final long FEW_WEIGHTS = 1 << 16;

    /** Elements in bf16 that lie at the library's alignment. */
    private static final int GROUP = CublasLt.ALIGNMENT / 2;

    /** What was measured in this process: measured again, it could come out otherwise. */
    private static final Map<Case, Verdict> MEASURED = new ConcurrentHashMap<>();

    private record Case(int device, String kernels, String library, CublasLtTrial.Size size) {}

    /**
     * @param told whether the reason is worth a line where nobody asks
     */
    private record Verdict(boolean library, String reason, boolean told) {
        static Verdict ours(String reason) {
            return new Verdict(false, reason, true);
        }

        static Verdict oursSilently(String reason) {
            return new Verdict(false, reason, false);
        }
    }

    private final Gpu gpu;
    private final ProductSettings settings;
    private final Kernels<Product> ours;
    private final List<Requirement<Product>> requirements =
            List.of(
                    new Requirement<>("bf16 in groups of 8 elements", CublasLtProducts::operands),
                    new Requirement<>(
                            "a bias of the result's type, at a multiple of 16 bytes",
                            CublasLtProducts::bias),
                    new Requirement<>(
                            "no activation, or tanh's gelu into bf16", CublasLtProducts::fused),
                    new Requirement<>("128 rows and 65536 weights, or more", this::large),
                    new Requirement<>("what it is faster at than our kernels", p -> chosen()),
                    new Requirement<>("what the library has an algorithm for", this::has));
    private @Nullable Verdict verdict;
    private @Nullable CublasLtGemm library;

    /**
     * @param ours kernels of our own that the library is compared with
     */
    CublasLtProducts(Gpu gpu, ProductSettings settings, Kernels<Product> ours) {
        this.gpu = gpu;
        this.settings = settings;
        this.ours = ours;
        if (settings.wanted() == Wanted.OWN) {
            verdict = Verdict.ours("own bf16 products, as asked");
        } else if (settings.wanted() == Wanted.AUTO && HopperGemm.runsOn(gpu.kernels())) {
            verdict = Verdict.oursSilently("own products are as fast on this GPU");
        }
    }

    /** Whose products are used, and why, if that is known yet; empty where ours are alone. */
    String description() {
        return verdict == null || !verdict.told ? "" : verdict.reason;
    }

    @Override
    public String name() {
        return "cuBLASLt";
    }

    @Override
    public Optional<String> missing() {
        return verdict == null || verdict.library ? Optional.empty() : Optional.of(verdict.reason);
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

    private boolean chosen() {
        if (verdict == null) {
            verdict = open();
        }
        return library != null;
    }

    private boolean has(Product p) {
        return library != null && library.has(p);
    }

    @Override
    public void run(Product p) {
        if (library == null) {
            throw new IllegalStateException("no library is open");
        }
        library.run(p);
    }

    private Verdict open() {
        Optional<CublasLt> found = settings.finder().get();
        if (found.isEmpty()) {
            return Verdict.oursSilently("it was not found");
        }
        if (settings.wanted() == Wanted.AUTO) {
            return measured(found.get());
        }
        try {
            library = new CublasLtGemm(gpu, found.get());
            String reason = "bf16 products by %s, as asked".formatted(found.get().name());
            return new Verdict(true, reason, true);
        } catch (OutOfDeviceMemoryException e) {
            return own(e);
        }
    }

    private Verdict measured(CublasLt found) {
        Case here =
                new Case(
                        gpu.device().index(),
                        gpu.kernels().description(),
                        found.name(),
                        settings.measured());
        Verdict known = MEASURED.get(here);
        if (known != null && !known.library) {
            return known;
        }
        Verdict now;
        try {
            CublasLtGemm opened = new CublasLtGemm(gpu, found);
            library = opened;
            now = known == null ? measure(opened, found.name()) : known;
        } catch (OutOfDeviceMemoryException | CublasLtException e) {
            now = own(e);
        } catch (RuntimeException e) {
            close(); // The run was stopped meanwhile: nothing is known yet.
            throw e;
        }
        MEASURED.putIfAbsent(here, now);
        if (!now.library) {
            close();
        }
        return now;
    }

    private Verdict measure(CublasLtGemm opened, String name) {
        double ratio = new CublasLtTrial(gpu, settings.measured()).speedOfLibrary(opened, ours);
        String times = "%.2f times as fast".formatted(ratio);
        return ratio >= CublasLtRace.CLEARLY
                ? new Verdict(true, "bf16 products by %s: %s as ours".formatted(name, times), true)
                : Verdict.ours("own bf16 products: %s is %s".formatted(name, times));
    }

    private static Verdict own(RuntimeException e) {
        return Verdict.ours("own bf16 products: " + e.getMessage());
    }

    @Override
    public void close() {
        if (library != null) {
            library.close();
            library = null;
        }
    }
}
