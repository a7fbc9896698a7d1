package org.svgen.cuda.gpu;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The ways to compute a call, the preferred one first: the first that does not refuse the call runs
 * it.
 */
public final class Kernels<C> {
    private final List<Kernel<C>> kernels;

    /**
     * @param kernels usually the last one takes every call; a call that none takes is refused
     */
    public Kernels(List<Kernel<C>> kernels) {
        this.kernels = List.copyOf(kernels);
    }

    public void run(C call) {
        first(call).run(call);
    }

    /** The kernel that takes {@code call}. */
    public Kernel<C> first(C call) {
        for (Kernel<C> kernel : kernels) {
            if (kernel.refuses(call).isEmpty()) {
                return kernel;
            }
        }
        throw new IllegalArgumentException("no kernel takes %s: %s".formatted(call, reasons(call)));
    }

    /** Why no kernel takes {@code call}, a reason of each; empty if one does. */
    public Optional<String> refuses(C call) {
        return kernels.stream().anyMatch(kernel -> kernel.refuses(call).isEmpty())
                ? Optional.empty()
                : Optional.of(reasons(call));
    }

    private String reasons(C call) {
        List<String> reasons = new ArrayList<>();
        for (Kernel<C> kernel : kernels) {
            String says = kernel.missing().isPresent() ? "%s: %s" : "%s takes %s";
            reasons.add(says.formatted(kernel.name(), kernel.refuses(call).orElse("")));
        }
        return reasons.isEmpty() ? "there is none" : String.join("; ", reasons);
    }

    /** A line for each kernel, in their order: what it takes, or why it is not used here. */
    public List<String> description() {
        return kernels.stream().map(Kernels::line).toList();
    }

    /** What a kernel takes, or why it is not used here. */
    public static String line(Kernel<?> kernel) {
        return kernel.name()
                + kernel.missing()
                        .map(reason -> ": not used here, " + reason)
                        .orElseGet(() -> ": takes " + needs(kernel));
    }

    private static String needs(Kernel<?> kernel) {
        List<String> needs = new ArrayList<>();
        kernel.requirements().forEach(requirement -> needs.add(requirement.text()));
        return needs.isEmpty() ? "everything" : String.join("; ", needs);
    }
}
