package org.svgen.cuda;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.svgen.cuda.Products.Wanted;
import org.svgen.cuda.ffi.CublasLt;
import org.svgen.cuda.ffi.CublasLtException;
import org.svgen.tensor.OutOfDeviceMemoryException;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Activation;

/**
 * Gives matrix products to cuBLASLt if it is installed and clearly faster than our kernels, which
 * is found out when the first comes that it could compute. Where Hopper's kernels run it never is.
 */
final class BlasChoice implements AutoCloseable {
    /** Rows, and weights, below which products are too small to matter. */
    private static final int FEW_ROWS = 128;

    private static final long FEW_WEIGHTS = 1 << 16;

    /** What was measured in this process: measured again, it could come out otherwise. */
    private static final Map<Case, Verdict> MEASURED = new ConcurrentHashMap<>();

    private record Case(int device, String kernels, String library, BlasTrial.Size size) {}

    /**
     * @param reason empty where there is nothing to say
     */
    private record Verdict(boolean library, String reason) {}

    private final Gpu gpu;
    private final Products products;
    private final BlasTrial.Own own;
    private @Nullable Verdict verdict;
    private @Nullable BlasGemm library;

    BlasChoice(Gpu gpu, Products products, BlasTrial.Own own) {
        this.gpu = gpu;
        this.products = products;
        this.own = own;
        if (products.wanted() == Wanted.OWN) {
            verdict = new Verdict(false, "own bf16 products, as asked");
        } else if (products.wanted() == Wanted.AUTO && HopperGemm.runsOn(gpu.kernels())) {
            verdict = new Verdict(false, "");
        }
    }

    /** Whose products are used, and why, if that is known yet; empty where ours are alone. */
    String description() {
        return verdict == null ? "" : verdict.reason;
    }

    /**
     * Computes {@code f([x | y] weight^T + bias)} if it is the library's.
     *
     * @return false if it is not; then nothing has been done
     */
    boolean linear(
            Tensor x,
            @Nullable Tensor y,
            Tensor weight,
            @Nullable Tensor bias,
            Activation f,
            Tensor out) {
        if (verdict != null && !verdict.library) {
            return false;
        }
        if (!BlasGemm.takes(x, y, weight, bias, f, out)
                || (products.wanted() == Wanted.AUTO && small(weight, out))) {
            return false;
        }
        if (verdict == null) {
            verdict = open();
        }
        return library != null && library.linear(x, y, weight, bias, f, out);
    }

    private static boolean small(Tensor weight, Tensor out) {
        return out.elements() / weight.size(0) < FEW_ROWS || weight.elements() < FEW_WEIGHTS;
    }

    private Verdict open() {
        Optional<CublasLt> found = products.finder().get();
        if (found.isEmpty()) {
            return new Verdict(false, "");
        }
        if (products.wanted() == Wanted.AUTO) {
            return measured(found.get());
        }
        try {
            library = new BlasGemm(gpu, found.get());
            return new Verdict(true, "bf16 products by %s, as asked".formatted(found.get().name()));
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
                        products.measured());
        Verdict known = MEASURED.get(here);
        if (known != null && !known.library) {
            return known;
        }
        Verdict now;
        try {
            BlasGemm opened = new BlasGemm(gpu, found);
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

    private Verdict measure(BlasGemm opened, String name) {
        double ratio = new BlasTrial(gpu, products.measured()).speedOfLibrary(opened, own);
        String times = "%.2f times as fast".formatted(ratio);
        return ratio >= BlasRace.CLEARLY
                ? new Verdict(true, "bf16 products by %s: %s as ours".formatted(name, times))
                : new Verdict(false, "own bf16 products: %s is %s".formatted(name, times));
    }

    private static Verdict own(RuntimeException e) {
        return new Verdict(false, "own bf16 products: " + e.getMessage());
    }

    @Override
    public void close() {
        if (library != null) {
            library.close();
            library = null;
        }
    }
}
