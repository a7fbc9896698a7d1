package org.svgen.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.svgen.tensor.op.ChooseKindsOp;

/** The kind of each head, by its errors and costs. */
final class KindChooser {
    private KindChooser() {}

    static void choose(ChooseKindsOp op) {
        MemorySegment errors = op.errors().host();
        MemorySegment energies = op.energies().host();
        MemorySegment kinds = op.kinds().host();
        long heads = op.kinds().elements();
        for (long head = 0; head < heads; head++) {
            double energy = energies.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, head);
            int kind = choose(op, errors, head, heads, energy);
            kinds.setAtIndex(ValueLayout.JAVA_INT_UNALIGNED, head, kind);
        }
    }

    private static int choose(
            ChooseKindsOp op, MemorySegment errors, long head, long heads, double energy) {
        float[] costs = op.costs();
        int dense = costs.length - 1;
        double multiplier = op.multiplier();
        boolean any = Float.isInfinite(op.tolerance());
        double bound = op.tolerance() * energy;
        int best = -1;
        double least = 0;
        for (int j = 0; j < dense; j++) {
            double error = errors.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, j * heads + head);
            double score = error + multiplier * costs[j];
            // Double.compare takes NaN for the greatest.
            if ((any || error <= bound) && (best < 0 || Double.compare(score, least) < 0)) {
                best = j;
                least = score;
            }
        }
        boolean denseIsLess =
                multiplier > 0 && Double.compare(multiplier * costs[dense], least) < 0;
        return best < 0 || denseIsLess ? dense : best;
    }
}
