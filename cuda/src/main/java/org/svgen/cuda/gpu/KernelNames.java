package org.svgen.cuda.gpu;

import java.util.ArrayList;
import java.util.List;

/** Under which names the jar carries the kernels, and which of them run on a GPU. */
public final class KernelNames {
    /** The PTX for GPUs that no cubin fits: every one from compute capability 8.0 on runs it. */
    public static final String PORTABLE = "compute_80";

    private KernelNames() {}

    /** {@code ptx} or {@code cubin}. */
    public static String kind(String arch) {
        return arch.startsWith("compute_") ? "ptx" : "cubin";
    }

    /** Where the kernels of source {@code name} for {@code arch} lie in the jar. */
    public static String resource(String name, String arch) {
        return "/org/svgen/cuda/kernels/%s.%s.%s.gz".formatted(name, arch, kind(arch));
    }

    /**
     * The architectures whose kernels run on a GPU of this compute capability, the best first. A
     * cubin runs on GPUs of its major version and its minor or a higher one; one whose name ends in
     * {@code a} runs on exactly that.
     */
    public static List<String> candidates(int major, int minor) {
        List<String> candidates = new ArrayList<>();
        candidates.add("sm_%d%da".formatted(major, minor));
        for (int m = minor; m >= 0; m--) {
            candidates.add("sm_%d%d".formatted(major, m));
        }
        candidates.add(PORTABLE);
        return candidates;
    }
}
