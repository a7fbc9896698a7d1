package org.svgen.cpu;

import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.svgen.tensor.op.BlockSharesOp;
import org.svgen.tensor.op.ChooseMapsOp;
import org.svgen.tensor.op.LineScoresOp;

/** Which pattern of blocks a head attends in, by the attention of sampled queries. */
final class Patterns {
    private final Parallel parallel;

    Patterns(Parallel parallel) {
        this.parallel = parallel;
    }

    void shares(BlockSharesOp o) {
        int maps = o.bounds().size(0);
        int rows = o.rows().size(0);
        int blocks = o.shares().size(2);
        int[] sampled = HeadBlocks.ints(o.rows());
        Columns[] queries = new Columns[maps];
        parallel.run(maps, m -> queries[m] = queries(o, m, sampled));
        float[][] logs = new float[maps * blocks][];
        parallel.run(
                maps * blocks, task -> logs[task] = logs(o, task / blocks, task % blocks, queries));
        Floats out = Floats.of(o.shares());
        parallel.run(
                maps * rows,
                task -> {
                    float[] shares = new float[blocks];
                    for (int j = 0; j < blocks; j++) {
                        shares[j] = logs[task / rows * blocks + j][task % rows];
                    }
                    softmax(shares);
                    out.store(shares, 0, (long) task * blocks, blocks);
                });
    }

    /** The sampled queries of a head, by column. */
    private static Columns queries(BlockSharesOp o, int m, int[] rows) {
        int d = o.q().size(3);
        int pitch = Simd.roundUp(rows.length);
        float[] values = new float[d * pitch];
        float[] row = new float[d];
        Floats q = Floats.of(o.q());
        for (int r = 0; r < rows.length; r++) {
            q.load(((long) m * o.q().size(2) + rows[r]) * d, row, 0, d);
            for (int i = 0; i < d; i++) {
                values[i * pitch + r] = row[i];
            }
        }
        return new Columns(values, rows.length);
    }

    /** The logarithm of what each sampled query gives a block. */
    private static float[] logs(BlockSharesOp o, int m, int block, Columns[] queries) {
        Columns columns = queries[m];
        int d = o.k().size(3);
        int pitch = columns.pitch();
        int from = Clusters.at(o.bounds(), m, block);
        int to = Clusters.at(o.bounds(), m, block + 1);
        float[] most = new float[pitch];
        float[] sum = new float[pitch];
        Arrays.fill(most, Float.NEGATIVE_INFINITY);
        float[] rows = new float[Columns.ROWS * d];
        float[] dots = new float[Columns.ROWS * pitch];
        Floats k = Floats.of(o.k());
        for (int t = from; t < to; t += Columns.ROWS) {
            int count = Math.min(Columns.ROWS, to - t);
            k.load(((long) m * o.k().size(2) + t) * d, rows, 0, count * d);
            columns.dots(rows, d, dots);
            for (int r = 0; r < count; r++) {
                for (int c = 0; c < pitch; c += Simd.LANES) {
                    FloatVector logit =
                            FloatVector.fromArray(Simd.F, dots, r * pitch + c).mul(o.scale());
                    FloatVector before = FloatVector.fromArray(Simd.F, most, c);
                    FloatVector now = before.max(logit);
                    FloatVector.fromArray(Simd.F, sum, c)
                            .mul(Simd.exp(before.sub(now)))
                            .add(Simd.exp(logit.sub(now)))
                            .intoArray(sum, c);
                    now.intoArray(most, c);
                }
            }
        }
        for (int c = 0; c < pitch; c++) {
            most[c] += (float) Math.log(sum[c]);
        }
        return most;
    }

    private static void softmax(float[] logs) {
        float most = Float.NEGATIVE_INFINITY;
        for (float log : logs) {
            most = Math.max(most, log);
        }
        double sum = 0;
        for (float log : logs) {
            sum += Math.exp((double) log - most);
        }
        for (int j = 0; j < logs.length; j++) {
            logs[j] = (float) (Math.exp((double) logs[j] - most) / sum);
        }
    }

    void lines(LineScoresOp o) {
        int rows = o.shares().size(1);
        int count = o.shares().size(2);
        int[] blocks = HeadBlocks.ints(o.blocks());
        parallel.run(
                o.shares().size(0),
                m -> {
                    float[] shares = new float[rows * count];
                    Floats.of(o.shares()).load((long) m * shares.length, shares, 0, shares.length);
                    float[] lines = new float[3 * count - 1];
                    for (int j = 0; j < count; j++) {
                        int vertical = j;
                        lines[j] = worth(shares, blocks, count, block -> vertical);
                    }
                    for (int apart = 1 - count; apart < count; apart++) {
                        int slash = apart;
                        lines[2 * count - 1 + apart] =
                                worth(shares, blocks, count, block -> block + slash);
                    }
                    Floats.of(o.lines()).store(lines, 0, (long) m * lines.length, lines.length);
                    float[] scores = new float[count];
                    for (int i = 0; i < count; i++) {
                        for (int j = 0; j < count; j++) {
                            scores[j] = Math.max(lines[j], lines[2 * count - 1 + j - i]);
                        }
                        Floats.of(o.scores())
                                .store(scores, 0, ((long) m * count + i) * count, count);
                    }
                });
    }

    /** Where a line meets a block of queries. */
    private interface Line {
        int key(int block);
    }

    private static float worth(float[] shares, int[] blocks, int count, Line line) {
        return Math.min(half(shares, blocks, count, line, 0), half(shares, blocks, count, line, 2));
    }

    private static float half(float[] shares, int[] blocks, int count, Line line, int from) {
        float sum = 0;
        int met = 0;
        for (int r = from; r < blocks.length; r += 4) {
            int j = line.key(blocks[r]);
            if (j >= 0 && j < count) {
                sum += shares[r * count + j];
                met++;
            }
        }
        return met == 0 ? 0 : sum / met;
    }

    void choose(ChooseMapsOp o) {
        int[] blocks = HeadBlocks.ints(o.blocks());
        int[] bits = HeadBlocks.ints(o.bits());
        int each = o.bits().size(1) * o.bits().size(2);
        int stride = o.bits().size(0) / o.patterns();
        int rows = o.shares().size(1);
        int count = o.shares().size(2);
        parallel.run(
                o.shares().size(0),
                m -> {
                    float[] shares = new float[rows * count];
                    Floats.of(o.shares()).load((long) m * shares.length, shares, 0, shares.length);
                    double most = Double.NEGATIVE_INFINITY;
                    int best = 0;
                    for (int p = 0; p < o.patterns(); p++) {
                        double kept = 0;
                        for (int r = 1; r < rows; r += 2) {
                            int row = (o.first() + blocks[r]) * o.bits().size(2);
                            for (int j = 0; j < count; j++) {
                                int at = o.first() + j;
                                int word = bits[(p * stride + m) * each + row + at / 32];
                                kept += (word >> at % 32 & 1) != 0 ? shares[r * count + j] : 0;
                            }
                        }
                        if (kept > most) {
                            most = kept;
                            best = p;
                        }
                    }
                    o.which()
                            .host()
                            .setAtIndex(ValueLayout.JAVA_INT_UNALIGNED, m, best * stride + m);
                });
    }
}
