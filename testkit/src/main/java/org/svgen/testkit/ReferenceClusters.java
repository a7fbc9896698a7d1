package org.svgen.testkit;

import java.util.Comparator;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.AssignOp;
import org.svgen.tensor.op.BlockErrorOp;
import org.svgen.tensor.op.BlockMassOp;
import org.svgen.tensor.op.ClusterMeansOp;
import org.svgen.tensor.op.GroupOp;
import org.svgen.tensor.op.InteractOp;
import org.svgen.tensor.op.RouteBlocksOp;

/** Operations on clusters of tokens, as their formulas say. */
final class ReferenceClusters {
    private ReferenceClusters() {}

    static void assign(AssignOp o) {
        Tensor weighed = o.weighed() == null ? o.centroids() : o.weighed();
        Doubles labels = Doubles.zeros(o.labels());
        for (int m = 0; m < o.labels().size(0); m++) {
            for (int i = 0; i < o.labels().size(1); i++) {
                double[] distances = distances(o.x(), m, o.from() + i, o.centroids(), weighed);
                int best = 0;
                for (int c = 1; c < distances.length; c++) {
                    best = distances[c] < distances[best] ? c : best;
                }
                labels.set(best, m, i);
            }
        }
        labels.into(o.labels());
    }

    /** Of a token to each centroid, as {@link AssignOp} says. */
    static double[] distances(Tensor x, int map, int token, Tensor centroids, Tensor weighed) {
        double[] row = Rows.of(x).row(map, token);
        Rows mu = Rows.of(centroids);
        Rows w = Rows.of(weighed);
        return IntStream.range(0, mu.count)
                .mapToDouble(c -> dot(mu.row(map, c), w.row(map, c)) - 2 * dot(row, w.row(map, c)))
                .toArray();
    }

    static void interact(InteractOp o) {
        Rows centroids = Rows.of(o.centroids());
        Rows others = Rows.of(o.others());
        Doubles out = Doubles.zeros(o.out());
        int d = out.last();
        for (int m = 0; m < o.bounds().size(0); m++) {
            for (int c = 0; c < centroids.count; c++) {
                double[] mu = centroids.row(m, c);
                for (int r = 0; r < others.count; r++) {
                    double[] other = others.row(m, r);
                    double seen = size(o.bounds(), m, o.first() + r) * dot(other, mu);
                    for (int e = 0; e < d; e++) {
                        out.values()[(m * centroids.count + c) * d + e] += seen * other[e];
                    }
                }
            }
        }
        out.into(o.out());
    }

    static void group(GroupOp o) {
        Doubles labels = Doubles.of(o.labels());
        Doubles bounds = Doubles.zeros(o.bounds());
        Doubles order = Doubles.zeros(o.order());
        int n = labels.last();
        for (int m = 0; m < labels.rows(); m++) {
            int at = 0;
            for (; at < o.from(); at++) {
                order.set(at, m, at);
            }
            bounds.set(at, m, o.first());
            for (int c = 0; c < o.clusters(); c++) {
                for (int i = 0; i < n; i++) {
                    if (labels.get(m, i) == c) {
                        order.set(o.from() + i, m, at++);
                    }
                }
                bounds.set(at, m, o.first() + c + 1);
            }
            for (; at < order.last(); at++) {
                order.set(at, m, at);
            }
            bounds.set(o.to(), m, bounds.last() - 1);
        }
        bounds.into(o.bounds());
        order.into(o.order());
    }

    static void means(ClusterMeansOp o) {
        Rows x = Rows.of(o.x());
        Doubles centroids = Doubles.of(o.centroids());
        Doubles order = Doubles.of(o.order());
        int clusters = o.centroids().size(2);
        int d = centroids.last();
        for (int m = 0; m < o.bounds().size(0); m++) {
            for (int c = 0; c < clusters; c++) {
                int from = bound(o.bounds(), m, o.first() + c);
                int size = size(o.bounds(), m, o.first() + c);
                for (int e = 0; e < d && size > 0; e++) {
                    double sum = 0;
                    for (int p = from; p < from + size; p++) {
                        sum += x.row(m, (int) order.get(m, p))[e];
                    }
                    centroids.values()[(m * clusters + c) * d + e] = sum / size;
                }
            }
        }
        centroids.into(o.centroids());
    }

    static void masses(BlockMassOp o) {
        Rows queries = Rows.of(o.queries());
        Rows keys = Rows.of(o.keys());
        Doubles masses = Doubles.zeros(o.masses());
        for (int i = 0; i < masses.values().length; i++) {
            int[] at = masses.index(i);
            double logit = o.scale() * dot(queries.row(at[0], at[1]), keys.row(at[0], at[2]));
            masses.values()[i] = logit + Math.log(size(o.bounds(), at[0], o.first() + at[2]));
        }
        masses.into(o.masses());
    }

    static void errors(BlockErrorOp o) {
        Rows queries = Rows.of(o.queries());
        Rows k = Rows.of(o.k());
        Rows v = Rows.of(o.v());
        Rows keys = Rows.of(o.keys());
        Rows values = Rows.of(o.values());
        Doubles order = Doubles.of(o.order());
        Doubles errors = Doubles.zeros(o.errors());
        for (int i = 0; i < errors.values().length; i++) {
            int[] at = errors.index(i);
            double[] q = queries.row(at[0], at[1]);
            double[] mean = values.row(at[0], o.first() + at[2]);
            int from = bound(o.bounds(), at[0], o.first() + at[2]);
            int size = size(o.bounds(), at[0], o.first() + at[2]);
            double weight = Math.exp(o.scale() * dot(q, keys.row(at[0], at[2])));
            double sum = 0;
            for (int p = from; p < from + size; p++) {
                int token = (int) order.get(at[0], p);
                double own = Math.exp(o.scale() * dot(q, k.row(at[0], token)));
                for (int e = 0; e < mean.length; e++) {
                    double off = own * v.row(at[0], token)[e] - weight * mean[e];
                    sum += off * off;
                }
            }
            errors.values()[i] = Math.log(size == 0 ? 0 : sum / size);
        }
        errors.into(o.errors());
    }

    static void route(RouteBlocksOp o) {
        Doubles scores = Doubles.of(o.scores());
        Doubles masses = o.masses() == null ? scores : Doubles.of(o.masses());
        int keys = scores.last();
        int[][][] words = new int[o.bits().size(0)][o.bits().size(1)][o.bits().size(2)];
        for (int m = 0; m < words.length; m++) {
            for (int row = 0; row < words[m].length; row++) {
                int map = m;
                int c = row - o.first();
                boolean clusters = c >= 0 && c < o.scores().size(1);
                List<Integer> list =
                        clusters
                                ? list(
                                        o,
                                        map,
                                        o.limit().own() ? c : -1,
                                        keys,
                                        j -> scores.get(map, c, j),
                                        j -> masses.get(map, c, j))
                                : List.of();
                for (int j = 0; j < o.bounds().size(1) - 1; j++) {
                    boolean text = j < o.first() || j >= o.first() + keys;
                    if (!clusters || text || list.contains(j - o.first())) {
                        words[m][row][j / 32] |= 1 << j % 32;
                    }
                }
            }
        }
        Doubles bits = Doubles.zeros(o.bits());
        for (int i = 0; i < bits.values().length; i++) {
            int[] at = bits.index(i);
            bits.values()[i] = words[at[0]][at[1]][at[2]];
        }
        bits.into(o.bits());
    }

    private static List<Integer> list(
            RouteBlocksOp o,
            int m,
            int own,
            int keys,
            IntToDoubleFunction score,
            IntToDoubleFunction mass) {
        RouteBlocksOp.Limit limit = o.limit();
        List<Integer> sorted = sorted(keys, own, score);
        List<Integer> heaviest = sorted(keys, own, mass);
        double most = mass.applyAsDouble(heaviest.getFirst());
        double all =
                heaviest.stream().mapToDouble(j -> Math.exp(mass.applyAsDouble(j) - most)).sum();
        int listed = 0;
        for (double sum = 0; listed < keys && sum <= limit.mass() * all; listed++) {
            sum += Math.exp(mass.applyAsDouble(heaviest.get(listed)) - most);
        }
        double wanted = limit.keys();
        boolean byMass = limit.mass() > 0;
        int count = 0;
        if (byMass && o.masses() == null) {
            count = listed;
        } else {
            if (byMass) {
                wanted =
                        heaviest.stream()
                                .limit(Math.max(listed, limit.floor()))
                                .mapToInt(j -> size(o.bounds(), m, o.first() + j))
                                .sum();
            }
            double sum = 0;
            while (count < keys) {
                int size = size(o.bounds(), m, o.first() + sorted.get(count));
                if (byMass ? sum >= wanted : sum + size / 2.0 > wanted) {
                    break;
                }
                sum += size;
                count++;
            }
        }
        int least = Math.max(1, limit.floor());
        return sorted.subList(0, Math.min(keys, Math.max(count, least)));
    }

    /** The own one first, then the greatest, of equals the lower; NaN is the greatest. */
    private static List<Integer> sorted(int count, int own, IntToDoubleFunction score) {
        return IntStream.range(0, count)
                .boxed()
                .sorted(
                        Comparator.comparing((Integer j) -> j != own)
                                .thenComparing(
                                        Comparator.comparingDouble(
                                                        (Integer j) -> score.applyAsDouble(j))
                                                .reversed()))
                .toList();
    }

    private static int bound(Tensor bounds, int m, int block) {
        return Doubles.ints(bounds)[m * bounds.size(1) + block];
    }

    private static int size(Tensor bounds, int m, int block) {
        return bound(bounds, m, block + 1) - bound(bounds, m, block);
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    /** Rows of [B, H, count, D], by head of all. */
    private record Rows(double[][] rows, int count) {
        static Rows of(Tensor t) {
            Doubles all = Doubles.of(t);
            double[][] rows = new double[all.rows()][all.last()];
            for (int r = 0; r < rows.length; r++) {
                System.arraycopy(all.values(), r * all.last(), rows[r], 0, all.last());
            }
            return new Rows(rows, t.size(2));
        }

        double[] row(int m, int i) {
            return rows[m * count + i];
        }
    }
}
