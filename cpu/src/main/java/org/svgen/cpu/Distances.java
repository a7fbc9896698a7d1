package org.svgen.cpu;

import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.op.DistanceOp;

/** Sums of absolute differences. A task adds up one share, in the order of its elements. */
final class Distances {
    private static final int CHUNK = 2048;

    private final Parallel parallel;

    Distances(Parallel parallel) {
        this.parallel = parallel;
    }

    void apply(DistanceOp o) {
        Floats x = Floats.of(o.x());
        Floats y = o.y() == null ? null : Floats.of(o.y());
        int shares = o.out().size(0);
        long n = o.x().elements();
        float[] sums = new float[shares];
        parallel.run(
                shares,
                p ->
                        sums[p] =
                                (float)
                                        sum(
                                                x,
                                                y,
                                                DistanceOp.start(p, shares, n),
                                                DistanceOp.start(p + 1, shares, n)));
        for (int p = 0; p < shares; p++) {
            o.out().host().setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, p, sums[p]);
        }
    }

    private static double sum(Floats x, @Nullable Floats y, long from, long to) {
        float[] u = Scratch.floats(Scratch.Use.LEFT, CHUNK);
        float[] v = Scratch.floats(Scratch.Use.RIGHT, CHUNK);
        float[] lanes = new float[Simd.LANES];
        double sum = 0;
        for (long at = from; at < to; at += CHUNK) {
            int n = (int) Math.min(CHUNK, to - at);
            int end = Simd.roundUp(n);
            x.load(at, u, 0, n);
            Arrays.fill(u, n, end, 0);
            if (y == null) {
                Arrays.fill(v, 0, end, 0);
            } else {
                y.load(at, v, 0, n);
                Arrays.fill(v, n, end, 0);
            }
            FloatVector all = FloatVector.zero(Simd.F);
            for (int i = 0; i < n; i += Simd.LANES) {
                all =
                        all.add(
                                FloatVector.fromArray(Simd.F, u, i)
                                        .sub(FloatVector.fromArray(Simd.F, v, i))
                                        .abs());
            }
            all.intoArray(lanes, 0);
            for (float lane : lanes) {
                sum += lane;
            }
        }
        return sum;
    }
}
