package org.svgen.cuda.gpu;

import java.util.List;
import java.util.Optional;

/**
 * One way to compute a call. The ways to do the same stand in a list ({@link Kernels}).
 *
 * @param <C> the call: an operation, or an operation with what is known of it
 */
public interface Kernel<C> {
    /** For people: {@code tensor cores}. */
    String name();

    /** Why it computes no call on this GPU; empty if it can. */
    default Optional<String> missing() {
        return Optional.empty();
    }

    /**
     * What it asks of a call, in the order in which it asks; what takes long to know comes last.
     */
    List<Requirement<C>> requirements();

    /** Computes a call that it does not refuse. */
    void run(C call);

    /** The first reason why it passes {@code call} over; empty if it takes the call. */
    default Optional<String> refuses(C call) {
        Optional<String> missing = missing();
        if (missing.isPresent()) {
            return missing;
        }
        for (Requirement<C> requirement : requirements()) {
            if (!requirement.met().test(call)) {
                return Optional.of(requirement.text());
            }
        }
        return Optional.empty();
    }
}
