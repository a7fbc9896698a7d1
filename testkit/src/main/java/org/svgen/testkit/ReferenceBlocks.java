package org.svgen.testkit;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.BlockAttentionOp;
import org.svgen.tensor.op.BlockDensityOp;
import org.svgen.tensor.op.BlockMap;
import org.svgen.tensor.op.BlockMeansOp;
import org.svgen.tensor.op.BlockThreshold;
import org.svgen.tensor.op.ThresholdBlocksOp;
import org.svgen.tensor.op.TokenBlocks;

/** The part of {@link ReferenceOps} that works on blocks of tokens. */
final class ReferenceBlocks {
    private ReferenceBlocks() {}

    /** The blocks of one head: the stored tokens of each. */
    static List<int[]> tokens(TokenBlocks blocks, int map) {
        int[] bounds = Doubles.ints(blocks.bounds());
        Tensor order = blocks.order();
        List<int[]> all = new ArrayList<>();
        for (int c = 0; c < blocks.count(); c++) {
            int at = map * (blocks.count() + 1) + c;
            int[] tokens = new int[bounds[at + 1] - bounds[at]];
            for (int i = 0; i < tokens.length; i++) {
                int position = bounds[at] + i;
                tokens[i] =
                        order == null
                                ? position
                                : Doubles.ints(order)[map * order.size(1) + position];
            }
            all.add(tokens);
        }
        return all;
    }

    private static int map(@Nullable Tensor which, int head) {
        return which == null ? head : Doubles.ints(which)[head];
    }

    private static boolean kept(BlockMap map, int m, int c, int j) {
        int word = (m * map.queries().count() + c) * map.bits().size(2) + j / 32;
        return (Doubles.ints(map.bits())[word] >>> j % 32 & 1) == 1;
    }

    static void attention(BlockAttentionOp o) {
        Doubles q = Doubles.of(o.q());
        Doubles k = Doubles.of(o.k());
        Doubles v = Doubles.of(o.v());
        Doubles kbar = o.tail() == null ? null : Doubles.of(o.tail().keys());
        Doubles vbar = o.tail() == null ? null : Doubles.of(o.tail().values());
        Doubles y = Doubles.zeros(o.out());
        for (int b = 0; b < o.q().size(0); b++) {
            for (int h = 0; h < o.q().size(1); h++) {
                int m = map(o.map().which(), b * o.q().size(1) + h);
                List<int[]> keys = tokens(o.map().keys(), m);
                List<int[]> queries = tokens(o.map().queries(), m);
                for (int c = 0; c < queries.size(); c++) {
                    List<Term> terms = new ArrayList<>();
                    for (int j = 0; j < keys.size(); j++) {
                        if (kept(o.map(), m, c, j)) {
                            for (int token : keys.get(j)) {
                                int at = k.at(b, h, token, 0);
                                terms.add(new Term(k, at, v, at, 0));
                            }
                        } else if (kbar != null && vbar != null && keys.get(j).length > 0) {
                            int at = kbar.at(b, h, j, 0);
                            double bias = Math.log(keys.get(j).length);
                            terms.add(new Term(kbar, at, vbar, at, bias));
                        }
                    }
                    for (int n : queries.get(c)) {
                        double[] row = mean(q, q.at(b, h, n, 0), terms, o.scale());
                        for (int i = 0; i < row.length; i++) {
                            y.set(row[i], b, n, h, i);
                        }
                    }
                }
            }
        }
        y.into(o.out());
    }

    /** A key, real or mean, and its value. */
    private record Term(Doubles key, int keyAt, Doubles value, int valueAt, double bias) {}

    private static double[] mean(Doubles q, int at, List<Term> terms, double scale) {
        double[] scores = new double[terms.size()];
        double most = Double.NEGATIVE_INFINITY;
        for (int t = 0; t < scores.length; t++) {
            double s = 0;
            for (int i = 0; i < q.last(); i++) {
                s += q.values()[at + i] * terms.get(t).key.values()[terms.get(t).keyAt + i];
            }
            scores[t] = s * scale + terms.get(t).bias;
            most = Math.max(most, scores[t]);
        }
        double[] sum = new double[q.last()];
        double total = 0;
        for (int t = 0; t < scores.length; t++) {
            double weight = Math.exp(scores[t] - most);
            total += weight;
            for (int i = 0; i < sum.length; i++) {
                sum[i] += weight * terms.get(t).value.values()[terms.get(t).valueAt + i];
            }
        }
        for (int i = 0; i < sum.length && total > 0; i++) {
            sum[i] /= total;
        }
        return sum;
    }

    static void means(BlockMeansOp o) {
        Doubles x = Doubles.of(o.x());
        Doubles y = Doubles.zeros(o.out());
        for (int b = 0; b < o.x().size(0); b++) {
            for (int h = 0; h < o.x().size(1); h++) {
                List<int[]> blocks = tokens(o.blocks(), map(o.which(), b * o.x().size(1) + h));
                for (int c = 0; c < blocks.size(); c++) {
                    for (int n : blocks.get(c)) {
                        for (int i = 0; i < x.last(); i++) {
                            double before = y.get(b, h, c, i);
                            y.set(before + x.get(b, h, n, i) / blocks.get(c).length, b, h, c, i);
                        }
                    }
                }
            }
        }
        y.into(o.out());
    }

    static void density(BlockDensityOp o) {
        Doubles y = Doubles.zeros(o.out());
        for (int head = 0; head < y.values().length; head++) {
            int m = map(o.map().which(), head);
            List<int[]> queries = tokens(o.map().queries(), m);
            List<int[]> keys = tokens(o.map().keys(), m);
            double pairs = 0;
            for (int c = 0; c < queries.size(); c++) {
                for (int j = 0; j < keys.size(); j++) {
                    boolean kept = kept(o.map(), m, c, j);
                    pairs += kept ? (double) queries.get(c).length * keys.get(j).length : 0;
                }
            }
            y.values()[head] = pairs / ((double) o.queries() * o.keys());
        }
        y.into(o.out());
    }

    static void threshold(ThresholdBlocksOp o) {
        Doubles q = Doubles.of(o.queries());
        Doubles k = Doubles.of(o.keys());
        int[] bits = new int[Math.toIntExact(o.bits().elements())];
        int heads = o.queries().size(1);
        for (int head = 0; head < o.bounds().size(0); head++) {
            List<int[]> blocks = tokens(new TokenBlocks(o.bounds(), null), head);
            double[][] z = scores(q, k, head / heads, head % heads, blocks, o.scale());
            int edge = o.rule().tau().isPresent() ? 0 : edge(z, blocks, o.rule());
            for (int i = 0; i < z.length; i++) {
                for (int j = 0; j < blocks.size(); j++) {
                    boolean high =
                            o.rule().tau().isPresent()
                                    ? z[i][j] > o.rule().tau().getAsDouble()
                                    : step(z[i][j]) >= edge;
                    if (blocks.get(j).length > 0 && (high || o.rule().always(i, j))) {
                        int row = (head * z.length + i) * o.bits().size(2);
                        bits[row + j / 32] |= 1 << j % 32;
                    }
                }
            }
        }
        for (int i = 0; i < bits.length; i++) {
            Doubles.put(o.bits(), i, bits[i]);
        }
    }

    private static double[][] scores(
            Doubles q, Doubles k, int b, int h, List<int[]> blocks, double scale) {
        int n = blocks.size();
        double[] mean = new double[q.last()];
        double[] variance = new double[q.last()];
        double there = blocks.stream().filter(tokens -> tokens.length > 0).count();
        for (int d = 0; d < mean.length; d++) {
            for (int j = 0; j < n; j++) {
                mean[d] += blocks.get(j).length > 0 ? k.get(b, h, j, d) / there : 0;
            }
            for (int j = 0; j < n; j++) {
                double away = Math.pow(k.get(b, h, j, d) - mean[d], 2);
                variance[d] += blocks.get(j).length > 0 ? away / there : 0;
            }
        }
        double s = scale / Math.log(2);
        double[][] z = new double[q.dims()[2]][n];
        for (int i = 0; i < z.length; i++) {
            for (int j = 0; j < n; j++) {
                double above = 0;
                double spread = 1e-6;
                for (int d = 0; d < mean.length; d++) {
                    above += s * q.get(b, h, i, d) * (k.get(b, h, j, d) - mean[d]);
                    spread += Math.pow(s * q.get(b, h, i, d), 2) * variance[d];
                }
                z[i][j] = above / Math.sqrt(spread);
            }
        }
        return z;
    }

    private static int step(double z) {
        double at = Math.floor((z + BlockThreshold.REACH) * BlockThreshold.STEPS);
        return (int) Math.clamp(at, 0.0, BlockThreshold.bins() - 1.0);
    }

    /** The lowest step of which all, and of those above it, fit the density. */
    private static int edge(double[][] z, List<int[]> blocks, BlockThreshold rule) {
        for (int edge = 0; edge < BlockThreshold.bins(); edge++) {
            double kept = 0;
            for (int i = 0; i < z.length; i++) {
                int queries = 0;
                for (int own = rule.first(i); own < rule.first(i + 1); own++) {
                    queries += blocks.get(own).length;
                }
                for (int j = 0; j < blocks.size(); j++) {
                    boolean in = rule.always(i, j) || step(z[i][j]) >= edge;
                    kept += in ? (double) queries * blocks.get(j).length : 0;
                }
            }
            if (kept <= Math.floor(rule.density() * rule.allPairs())) {
                return edge;
            }
        }
        return BlockThreshold.bins();
    }
}
