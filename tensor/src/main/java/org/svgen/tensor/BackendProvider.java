package org.svgen.tensor;

import java.util.List;
import java.util.Optional;

/** How a backend is found (by {@link java.util.ServiceLoader}). */
public interface BackendProvider {
    /** The kind of device: {@code cpu}, {@code cuda}. */
    String kind();

    /** Larger is preferred when the user leaves the choice to us. */
    int preference();

    /** Why this backend cannot work on this machine, or empty if it can. */
    Optional<String> unavailable();

    /**
     * Implementations of the matrix product that system property {@code svgen.KIND.matmul} may name
     * when a device is opened; ours first. For measuring them against each other.
     */
    default List<String> matrixProducts() {
        return List.of();
    }

    /** Opens device {@code index}. */
    Backend open(int index);
}
