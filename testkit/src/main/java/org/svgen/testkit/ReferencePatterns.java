package org.svgen.testkit;

import org.svgen.tensor.op.BlockSharesOp;
import org.svgen.tensor.op.ChooseMapsOp;
import org.svgen.tensor.op.LineScoresOp;

/** Operations that choose a pattern of blocks for a head, as their formulas say. */
final class ReferencePatterns {
    private ReferencePatterns() {}

    static void shares(BlockSharesOp o) {
        Doubles q = Doubles.of(o.q());
        Doubles k = Doubles.of(o.k());
        int[] rows = Doubles.ints(o.rows());
        int[] bounds = Doubles.ints(o.bounds());
        Doubles shares = Doubles.zeros(o.shares());
        int n = o.q().size(2);
        int d = o.q().size(3);
        int blocks = shares.last();
        for (int m = 0; m < o.shares().size(0); m++) {
            for (int r = 0; r < rows.length; r++) {
                double[] sums = new double[blocks];
                double all = 0;
                for (int j = 0; j < blocks; j++) {
                    int at = m * (blocks + 1) + j;
                    for (int t = bounds[at]; t < bounds[at + 1]; t++) {
                        double dot = 0;
                        for (int e = 0; e < d; e++) {
                            dot +=
                                    q.values()[(m * n + rows[r]) * d + e]
                                            * k.values()[(m * n + t) * d + e];
                        }
                        sums[j] += Math.exp(o.scale() * dot);
                    }
                    all += sums[j];
                }
                for (int j = 0; j < blocks; j++) {
                    shares.set(sums[j] / all, m, r, j);
                }
            }
        }
        shares.into(o.shares());
    }

    static void scores(LineScoresOp o) {
        Sample sample = new Sample(Doubles.of(o.shares()), Doubles.ints(o.blocks()));
        Doubles scores = Doubles.zeros(o.scores());
        for (int i = 0; i < scores.values().length; i++) {
            int[] at = scores.index(i);
            scores.values()[i] =
                    Math.max(
                            sample.worth(at[0], at[2], true),
                            sample.worth(at[0], at[2] - at[1], false));
        }
        scores.into(o.scores());
    }

    static void lines(LineScoresOp o) {
        Sample sample = new Sample(Doubles.of(o.shares()), Doubles.ints(o.blocks()));
        Doubles lines = Doubles.zeros(o.lines());
        int count = o.shares().size(2);
        for (int i = 0; i < lines.values().length; i++) {
            int[] at = lines.index(i);
            boolean vertical = at[1] < count;
            lines.values()[i] =
                    sample.worth(at[0], vertical ? at[1] : at[1] - (2 * count - 1), vertical);
        }
        lines.into(o.lines());
    }

    private record Sample(Doubles shares, int[] blocks) {
        double worth(int m, int line, boolean vertical) {
            return Math.min(half(m, line, vertical, 0), half(m, line, vertical, 2));
        }

        private double half(int m, int line, boolean vertical, int from) {
            double sum = 0;
            int met = 0;
            for (int r = from; r < blocks.length; r += 4) {
                int j = vertical ? line : blocks[r] + line;
                if (j >= 0 && j < shares.last()) {
                    sum += shares.get(m, r, j);
                    met++;
                }
            }
            return met == 0 ? 0 : sum / met;
        }
    }

    static void choose(ChooseMapsOp o) {
        Doubles shares = Doubles.of(o.shares());
        int[] blocks = Doubles.ints(o.blocks());
        int[] bits = Doubles.ints(o.bits());
        Doubles which = Doubles.zeros(o.which());
        int stride = o.bits().size(0) / o.patterns();
        for (int m = 0; m < which.values().length; m++) {
            double most = -1;
            for (int p = 0; p < o.patterns(); p++) {
                double kept = 0;
                for (int r = 1; r < blocks.length; r += 2) {
                    for (int j = 0; j < shares.last(); j++) {
                        int row = (p * stride + m) * o.bits().size(1) + o.first() + blocks[r];
                        int key = o.first() + j;
                        int word = bits[row * o.bits().size(2) + key / 32];
                        kept += (word >>> key % 32) % 2 == 0 ? 0 : shares.get(m, r, j);
                    }
                }
                if (kept > most) {
                    most = kept;
                    which.values()[m] = p * stride + m;
                }
            }
        }
        which.into(o.which());
    }
}
