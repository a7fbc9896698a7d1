package org.svgen.cuda.product;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.svgen.cuda.ffi.CublasLt;
import org.svgen.cuda.ffi.CublasLtException;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Kernels;
import org.svgen.cuda.product.ProductSettings.Wanted;
import org.svgen.tensor.OutOfDeviceMemoryException;

/**
 * Whether cuBLASLt multiplies: if it is asked for, or if it is installed and clearly faster than
 * our kernels. To know that it is opened and measured, when the first product comes that it could
 * compute. Where Hopper's kernels run it never is.
 */
final class CublasLtChoice implements AutoCloseable {
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
    private @Nullable Verdict verdict;
    private @Nullable CublasLtGemm library;

    /**
     * @param ours kernels of our own that the library is compared with
     */
    CublasLtChoice(Gpu gpu, ProductSettings settings, Kernels<Product> ours) {
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

    /** Why the library is not used; empty if it is, or if that is not known yet. */
    Optional<String> against() {
        return verdict == null || verdict.library ? Optional.empty() : Optional.of(verdict.reason);
    }

    /** The library if it is used; finds that out if it is not known yet. */
    @Nullable CublasLtGemm library() {
        if (verdict == null) {
            verdict = open();
        }
        return library;
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
