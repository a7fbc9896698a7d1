package org.svgen.tensor.device;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/** How a backend is found (by {@link java.util.ServiceLoader}). */
public interface BackendProvider {
    /** {@return the kind of device: {@code cpu}, {@code cuda}} */
    String kind();

    /** {@return larger is preferred when the user leaves the choice to us} */
    int preference();

    /** {@return why this backend cannot work on this machine, or empty if it can} */
    Optional<String> unavailable();

    /**
     * {@return false if this machine has nothing of the kind: then no note is needed why it is not
     * used}
     */
    default boolean present() {
        return true;
    }

    /**
     * {@return implementations of the matrix product that system property {@code svgen.KIND.matmul}
     * may name when a device is opened; ours first} For measuring them against each other.
     */
    default List<String> matrixProducts() {
        return List.of();
    }

    /**
     * {@return what was found of this kind on this machine, for people who look for a fault: a
     * short name and a line each} Works whether the backend is usable or not.
     */
    default SequencedMap<String, String> findings() {
        return new LinkedHashMap<>();
    }

    /** {@return how many devices of the kind there are, usable or not} */
    default int devices() {
        return 1;
    }

    /**
     * Opens device {@code index}.
     *
     * @param index which of the devices of that kind, from 0
     * @return a backend, which the caller closes
     */
    Backend open(int index);

    /**
     * Opens device {@code index} as one of several that compute together. A row of its products is
     * the same however many rows are computed at once, so it uses no library that does not promise
     * that.
     *
     * @param index which of the devices of that kind, from 0
     * @param ranks how many they are
     * @return a backend, which the caller closes
     */
    default Backend openRank(int index, int ranks) {
        return open(index);
    }
}
