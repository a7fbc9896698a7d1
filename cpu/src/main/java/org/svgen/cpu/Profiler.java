package org.svgen.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.KeyWalk;
import org.svgen.tensor.op.ProfileOp;

/** How far each kind of attention is from dense attention, measured on some rows. */
final class Profiler {
    private final Parallel parallel;

    Profiler(Parallel parallel) {
        this.parallel = parallel;
    }

    /** Some rows of a walk. */
    private record Part(KeyWalk walk, int end, List<KeyWalk.Row> rows) {}

    void profile(ProfileOp op) {
        Tensor q = op.q();
        Tensor k = op.k();
        int heads = q.size(0) * q.size(1);
        int dim = q.size(3);
        int ways = op.plan().kinds().size() + 1;
        List<Part> parts = parts(KeyWalk.of(op.plan(), op.rows(), op.keyLimit()));
        float[][] means = new float[heads][ways * op.rows().length * dim];
        parallel.run(
                heads * parts.size(),
                task -> {
                    int head = task / parts.size();
                    Part part = parts.get(task % parts.size());
                    WalkTile tile = new WalkTile(part.rows, ways, dim);
                    tile.load(Floats.of(q), (long) head * q.size(2), op.rows(), op.scale());
                    tile.attend(
                            Floats.of(k),
                            Floats.of(op.v()),
                            (long) head * k.size(2),
                            part.walk.order(),
                            part.end);
                    tile.store(means[head], op.rows().length);
                });
        parallel.run(heads, head -> compare(op, head, heads, means[head]));
    }

    private static List<Part> parts(List<KeyWalk> walks) {
        List<Part> parts = new ArrayList<>();
        for (KeyWalk walk : walks) {
            int end = walk.end();
            List<KeyWalk.Row> rows = walk.rows();
            for (int first = 0; first < rows.size(); first += WalkTile.ROWS) {
                int last = Math.min(first + WalkTile.ROWS, rows.size());
                parts.add(new Part(walk, end, rows.subList(first, last)));
            }
        }
        return parts;
    }

    /**
     * @param means of a head: [ways, rows, dim]
     */
    private static void compare(ProfileOp op, int head, int heads, float[] means) {
        MemorySegment errors = op.errors().host();
        int ways = op.plan().kinds().size() + 1;
        int values = op.rows().length * op.q().size(3);
        double energy = 0;
        for (int i = 0; i < values; i++) {
            energy += (double) means[i] * means[i];
        }
        op.energies()
                .host()
                .set(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * head, (float) (energy / values));
        for (int way = 1; way < ways; way++) {
            double error = 0;
            for (int i = 0; i < values; i++) {
                double difference = (double) means[way * values + i] - means[i];
                error += difference * difference;
            }
            long at = 4 * ((way - 1L) * heads + head);
            errors.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at, (float) (error / values));
        }
    }
}
