package org.svgen.tensor.ranks;

import java.util.List;
import org.svgen.tensor.Storage;
import org.svgen.tensor.Tensor;

/**
 * As many bytes on each rank. A tensor over it stands for one on every rank at the same offset, of
 * which each may have other parts.
 */
final class RankStorage implements Storage {
    private final List<Storage> parts; // by rank
    private final boolean constant;
    private final Holdings holdings = new Holdings();

    /**
     * @param constant whether no operation writes there
     */
    RankStorage(List<Storage> parts, boolean constant) {
        this.parts = List.copyOf(parts);
        this.constant = constant;
    }

    boolean constant() {
        return constant;
    }

    Storage of(int rank) {
        return parts.get(rank);
    }

    Holdings holdings() {
        return holdings;
    }

    @Override
    public long byteSize() {
        return parts.getFirst().byteSize();
    }

    /** The tensor on a rank; what lies in memory that all read, as it is. */
    static Tensor local(Tensor tensor, int rank) {
        return tensor.storage() instanceof RankStorage s
                ? new Tensor(tensor.dtype(), tensor.shape(), s.of(rank), tensor.offset())
                : tensor;
    }
}
