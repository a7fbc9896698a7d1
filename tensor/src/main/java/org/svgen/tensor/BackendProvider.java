package org.svgen.tensor;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/** How a backend is found (by {@link java.util.ServiceLoader}). */
public interface BackendProvider {
    /** The kind of device: {@code cpu}, {@code cuda}. */
    String kind();

    /** Larger is preferred when the user leaves the choice to us. */
    int preference();

    /** Why this backend cannot work on this machine, or empty if it can. */
    Optional<String> unavailable();

    /**
     * False if this machine has nothing of the kind: then nobody needs to be told unasked why it is
     * not used.
     */
    default boolean present() {
        return true;
    }

    /**
     * Implementations of the matrix product that system property {@code svgen.KIND.matmul} may name
     * when a device is opened; ours first. For measuring them against each other.
     */
    default List<String> matrixProducts() {
        return List.of();
    }

    /**
     * What was found of this kind on this machine, for people who look for a fault: a short name
     * and a line each. Works whether the backend is usable or not.
     */
    default SequencedMap<String, String> findings() {
        return new LinkedHashMap<>();
    }

    /** Opens device {@code index}. */
    Backend open(int index);
}
