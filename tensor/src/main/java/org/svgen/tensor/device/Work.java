package org.svgen.tensor.device;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.svgen.tensor.op.Op;

/** The operations that a run asks for: which, on what sizes, how often. */
public final class Work {
    private final Map<List<Object>, Call> calls = new LinkedHashMap<>();

    /** Nothing counted yet. */
    public Work() {}

    /**
     * Operations of one key, see {@link Op#key}.
     *
     * @param op the first of them
     * @param count how often it was asked for
     */
    public record Call(Op op, long count) {
        /** {@return what all of them take, see {@link Op#cost}} */
        public double total() {
            return count * op.cost();
        }
    }

    void count(Op op) {
        calls.merge(op.key(), new Call(op, 1), (call, _) -> new Call(call.op, call.count + 1));
    }

    /** {@return each operation once, in the order of its first call} */
    public List<Call> calls() {
        return List.copyOf(calls.values());
    }

    /** {@return what all of it takes, see {@link Op#cost}} */
    public double cost() {
        return calls.values().stream().mapToDouble(Call::total).sum();
    }

    /**
     * {@return those of {@code calls} of one operation that take most}
     *
     * @param calls to choose from
     * @param most so many at the most
     * @param enough no further ones are needed once this part of all is covered
     */
    public static List<Call> largest(Collection<Call> calls, int most, double enough) {
        List<Call> sorted = new ArrayList<>(calls);
        sorted.sort(Comparator.comparingDouble(Call::total).reversed());
        double left = enough * calls.stream().mapToDouble(Call::total).sum();
        List<Call> largest = new ArrayList<>();
        for (Call call : sorted) {
            if (largest.size() < most && left > 0) {
                largest.add(call);
                left -= call.total();
            }
        }
        return largest;
    }
}
