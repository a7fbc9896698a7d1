package org.svgen.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.KeyPattern.Span;
import org.svgen.tensor.op.ProfileOp;

/** How far each kind of attention is from dense attention, measured on some rows. */
final class Profiler {
    private final Parallel parallel;

    Profiler(Parallel parallel) {
        this.parallel = parallel;
    }

    void profile(ProfileOp op) {
        Tensor q = op.q();
        Tensor k = op.k();
        Tensor v = op.v();
        int[] rows = op.rows();
        int keyLimit = op.keyLimit();
        int heads = q.size(0) * q.size(1);
        List<List<List<Span>>> runs = new ArrayList<>();
        runs.add(List.of());
        for (AttentionPlan.Kind kind : op.plan().kinds()) {
            List<List<Span>> ofRows = new ArrayList<>();
            for (int row : rows) {
                ofRows.add(KeyRuns.of(kind, row));
            }
            runs.add(ofRows);
        }
        int keys = lastKept(runs, keyLimit);
        int chunks = Math.ceilDiv(rows.length, ProfileTile.ROWS);
        double[][] sums = new double[heads * chunks][];
        parallel.run(
                heads * chunks,
                task -> {
                    int first = task % chunks * ProfileTile.ROWS;
                    int count = Math.min(ProfileTile.ROWS, rows.length - first);
                    ProfileTile tile = new ProfileTile(runs, first, count, keyLimit, q.size(3));
                    tile.load(Floats.of(q), (long) task / chunks * q.size(2), rows, op.scale());
                    tile.attend(Floats.of(k), Floats.of(v), (long) task / chunks * k.size(2), keys);
                    sums[task] = tile.squares();
                });
        MemorySegment to = op.errors().host();
        MemorySegment energies = op.energies().host();
        for (int head = 0; head < heads; head++) {
            int ways = runs.size();
            double[] mean = new double[ways];
            for (int way = 0; way < ways; way++) {
                for (int chunk = 0; chunk < chunks; chunk++) {
                    mean[way] += sums[head * chunks + chunk][way];
                }
                mean[way] /= (double) rows.length * q.size(3);
            }
            energies.set(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * head, (float) mean[0]);
            for (int j = 1; j < ways; j++) {
                long at = (j - 1L) * heads + head;
                to.set(ValueLayout.JAVA_FLOAT_UNALIGNED, 4 * at, (float) mean[j]);
            }
        }
    }

    /** One past the last key that anybody looks at: what lies behind must not count, nor cost. */
    private static int lastKept(List<List<List<Span>>> runs, int keyLimit) {
        return runs.stream()
                .flatMap(List::stream)
                .flatMap(List::stream)
                .mapToInt(Span::to)
                .reduce(keyLimit, Math::max);
    }
}
