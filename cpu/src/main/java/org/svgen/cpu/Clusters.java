package org.svgen.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.AssignOp;
import org.svgen.tensor.op.ClusterMeansOp;
import org.svgen.tensor.op.GroupOp;
import org.svgen.tensor.op.InteractOp;

/** k-means over the tokens of each head. Sums have one order, whatever the number of threads. */
final class Clusters {
    private static final int TOKENS = 64; // of a task

    private final Parallel parallel;

    Clusters(Parallel parallel) {
        this.parallel = parallel;
    }

    void assign(AssignOp o) {
        int d = o.x().size(3);
        int maps = o.labels().size(0);
        int n = o.labels().size(1);
        int clusters = o.centroids().size(2);
        Floats x = Floats.of(o.x());
        Floats centroids = Floats.of(o.centroids());
        Floats weighed = o.weighed() == null ? centroids : Floats.of(o.weighed());
        Columns[] columns = new Columns[maps];
        float[][] squares = new float[maps][];
        parallel.run(
                maps,
                m -> {
                    long from = (long) m * clusters * d;
                    columns[m] = Columns.of(weighed, from, clusters, d);
                    squares[m] = products(centroids, weighed, from, clusters, d);
                });
        int tasks = Math.ceilDiv(n, TOKENS);
        parallel.run(
                maps * tasks,
                task -> {
                    int m = task / tasks;
                    int from = task % tasks * TOKENS;
                    long first = (long) m * o.x().size(2) + o.from();
                    int to = Math.min(n, from + TOKENS);
                    int[] labels = nearest(x, first, from, to, d, columns[m], squares[m]);
                    MemorySegment.copy(
                            labels,
                            0,
                            o.labels().host(),
                            ValueLayout.JAVA_INT_UNALIGNED,
                            4 * ((long) m * n + from),
                            labels.length);
                });
    }

    /** Of each centroid with itself, weighed. */
    private static float[] products(Floats a, Floats b, long from, int rows, int d) {
        float[] left = new float[d];
        float[] right = new float[d];
        float[] sums = new float[rows];
        for (int c = 0; c < rows; c++) {
            a.load(from + (long) c * d, left, 0, d);
            b.load(from + (long) c * d, right, 0, d);
            double sum = 0;
            for (int i = 0; i < d; i++) {
                sum += (double) left[i] * right[i];
            }
            sums[c] = (float) sum;
        }
        return sums;
    }

    private static int[] nearest(
            Floats x, long first, int from, int to, int d, Columns columns, float[] squares) {
        float[] rows = new float[Columns.ROWS * d];
        float[] dots = new float[Columns.ROWS * columns.pitch()];
        int[] labels = new int[to - from];
        for (int at = from; at < to; at += Columns.ROWS) {
            int count = Math.min(Columns.ROWS, to - at);
            x.load((first + at) * d, rows, 0, count * d);
            columns.dots(rows, d, dots);
            for (int r = 0; r < count; r++) {
                labels[at - from + r] = least(dots, r * columns.pitch(), squares);
            }
        }
        return labels;
    }

    private static int least(float[] dots, int at, float[] squares) {
        int best = 0;
        float least = squares[0] - 2 * dots[at];
        for (int c = 1; c < squares.length; c++) {
            float distance = squares[c] - 2 * dots[at + c];
            if (distance < least) {
                best = c;
                least = distance;
            }
        }
        return best;
    }

    void interact(InteractOp o) {
        int maps = o.bounds().size(0);
        parallel.run(maps, m -> interact(o, m));
    }

    private static void interact(InteractOp o, int m) {
        int d = o.centroids().size(3);
        int pitch = Simd.roundUp(d);
        float[] metric = new float[d * pitch];
        float[] row = new float[pitch];
        Floats others = Floats.of(o.others());
        int count = o.others().size(2);
        int[] bounds = ints(o.bounds(), m);
        for (int r = 0; r < count; r++) {
            others.load(((long) m * count + r) * d, row, 0, d);
            int size = bounds[o.first() + r + 1] - bounds[o.first() + r];
            for (int i = 0; i < d; i++) {
                add(size * row[i], row, 0, metric, i * pitch, pitch);
            }
        }
        Floats centroids = Floats.of(o.centroids());
        Floats out = Floats.of(o.out());
        float[] sum = new float[pitch];
        for (int c = 0; c < o.centroids().size(2); c++) {
            long at = ((long) m * o.centroids().size(2) + c) * d;
            centroids.load(at, row, 0, d);
            Arrays.fill(sum, 0);
            for (int i = 0; i < d; i++) {
                add(row[i], metric, i * pitch, sum, 0, pitch);
            }
            out.store(sum, 0, at, d);
        }
    }

    /** {@code y += a x}, of whole vectors. */
    private static void add(float a, float[] x, int from, float[] y, int to, int n) {
        FloatVector factor = FloatVector.broadcast(Simd.F, a);
        for (int i = 0; i < n; i += Simd.LANES) {
            FloatVector.fromArray(Simd.F, x, from + i)
                    .fma(factor, FloatVector.fromArray(Simd.F, y, to + i))
                    .intoArray(y, to + i);
        }
    }

    /** A counting sort, which keeps the order of equals. */
    void group(GroupOp o) {
        parallel.run(o.labels().size(0), m -> group(o, m));
    }

    private static void group(GroupOp o, int m) {
        int[] labels = ints(o.labels(), m);
        int[] bounds = new int[o.bounds().size(1)];
        int[] next = new int[bounds.length];
        for (int label : labels) {
            next[o.first() + label]++;
        }
        bounds[o.first()] = o.from();
        for (int c = o.first(); c < o.first() + o.clusters(); c++) {
            bounds[c + 1] = bounds[c] + next[c];
            next[c] = bounds[c];
        }
        bounds[bounds.length - 1] = o.to();
        int[] order = new int[o.order().size(1)];
        for (int p = 0; p < order.length; p++) {
            order[p] = p;
        }
        for (int i = 0; i < labels.length; i++) {
            order[next[o.first() + labels[i]]++] = o.from() + i;
        }
        store(bounds, o.bounds(), m);
        store(order, o.order(), m);
    }

    void means(ClusterMeansOp o) {
        int clusters = o.centroids().size(2);
        int maps = o.bounds().size(0);
        Floats x = Floats.of(o.x());
        Floats centroids = Floats.of(o.centroids());
        int n = o.x().size(2);
        int d = o.x().size(3);
        parallel.run(
                maps * clusters,
                task -> {
                    int m = task / clusters;
                    int block = o.first() + task % clusters;
                    int from = at(o.bounds(), m, block);
                    int to = at(o.bounds(), m, block + 1);
                    int pitch = Simd.roundUp(d);
                    float[] sum = new float[pitch];
                    float[] row = new float[pitch];
                    for (int p = from; p < to; p++) {
                        x.load(((long) m * n + at(o.order(), m, p)) * d, row, 0, d);
                        add(1, row, 0, sum, 0, pitch);
                    }
                    for (int i = 0; i < d; i++) {
                        sum[i] /= to - from;
                    }
                    if (to > from) {
                        centroids.store(sum, 0, (long) task * d, d);
                    }
                });
    }

    /** Row {@code m} of a matrix of integers. */
    static int[] ints(Tensor t, int m) {
        return t.get(m).host().toArray(ValueLayout.JAVA_INT_UNALIGNED);
    }

    static int at(Tensor t, int m, int i) {
        long index = (long) m * t.size(1) + i;
        return t.host().getAtIndex(ValueLayout.JAVA_INT_UNALIGNED, index);
    }

    private static void store(int[] values, Tensor t, int m) {
        MemorySegment.copy(
                values,
                0,
                t.host(),
                ValueLayout.JAVA_INT_UNALIGNED,
                4L * m * values.length,
                values.length);
    }
}
