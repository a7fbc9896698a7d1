package org.svgen.cpu;

import java.lang.foreign.ValueLayout;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.ChooseKindsOp;

/** The kind of each head, by its errors and costs. */
final class KindChooser {
    private KindChooser() {}

    static void choose(ChooseKindsOp op) {
        int branches = op.kinds().size(0);
        int heads = op.kinds().size(1);
        for (int b = 0; b < branches; b++) {
            float worth = worth(op, b, heads);
            for (int h = 0; h < heads; h++) {
                int kind = choose(op, b, (long) b * heads + h, worth);
                op.kinds()
                        .host()
                        .setAtIndex(ValueLayout.JAVA_INT_UNALIGNED, (long) b * heads + h, kind);
            }
        }
    }

    /** What a unit of cost is worth; as a float its product with a cost is exact in double. */
    private static float worth(ChooseKindsOp op, int branch, int heads) {
        double sum = 0;
        for (int h = 0; h < heads; h++) {
            sum += at(op.energies(), (long) branch * heads + h);
        }
        return (float) (op.multipliers()[branch] * (sum / heads));
    }

    private static int choose(ChooseKindsOp op, int branch, long head, double worth) {
        float[] costs = op.costs();
        int dense = costs.length - 1;
        boolean any = Float.isInfinite(op.tolerance());
        double bound = op.tolerance() * at(op.energies(), head);
        int best = -1;
        double least = 0;
        for (int j = 0; j < dense; j++) {
            double error = at(op.errors(), j * op.kinds().elements() + head);
            double score = error + worth * costs[j];
            // Double.compare takes NaN for the greatest.
            if ((any || error <= bound) && (best < 0 || Double.compare(score, least) < 0)) {
                best = j;
                least = score;
            }
        }
        boolean denseIsLess =
                op.multipliers()[branch] > 0 && Double.compare(worth * costs[dense], least) < 0;
        return best < 0 || denseIsLess ? dense : best;
    }

    private static double at(Tensor tensor, long index) {
        return tensor.host().getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, index);
    }
}
