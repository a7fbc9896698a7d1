package org.svgen.tensor.ranks;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.ranks.Holdings.Span;

/**
 * Rows that have the same home.
 *
 * @param home the rank that works on them, or {@link Holdings#EVERYWHERE}
 */
record Rows(int home, long from, long to) {
    /**
     * The rows of a tensor by their homes; none if all ranks work on all of them, or if homes end
     * within a row.
     *
     * @param count of the tensor
     */
    static Optional<List<Rows>> of(Tensor tensor, long count) {
        if (!(tensor.storage() instanceof RankStorage storage) || count == 0) {
            return Optional.empty();
        }
        long bytes = tensor.bytes() / count;
        List<Rows> all = new ArrayList<>();
        boolean divided = false;
        for (Span span :
                storage.holdings().over(tensor.offset(), tensor.offset() + tensor.bytes())) {
            long from = span.from() - tensor.offset();
            long to = span.to() - tensor.offset();
            if (span.home() == Holdings.SUM || from % bytes != 0 || to % bytes != 0) {
                return Optional.empty();
            }
            divided |= span.home() != Holdings.EVERYWHERE;
            Rows rows = new Rows(span.home(), from / bytes, to / bytes);
            Rows last = all.isEmpty() ? null : all.getLast();
            if (last != null && last.home == rows.home) {
                all.set(all.size() - 1, new Rows(rows.home, last.from, rows.to));
            } else {
                all.add(rows);
            }
        }
        return divided ? Optional.of(all) : Optional.empty();
    }

    boolean of(int rank) {
        return home == rank || home == Holdings.EVERYWHERE;
    }
}
