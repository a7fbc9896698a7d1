package org.svgen.cpu;

import java.lang.foreign.ValueLayout;
import org.svgen.tensor.op.BlockMap;
import org.svgen.tensor.op.BlockThreshold;
import org.svgen.tensor.op.ThresholdBlocksOp;
import org.svgen.tensor.op.TokenBlocks;

/** Bits of a map by the scores of block means. */
final class BlockChooser {
    private static final float LOG2E = 1.44269504f;
    private static final float LEAST_VARIANCE = 1e-6f;

    private final Parallel parallel;

    BlockChooser(Parallel parallel) {
        this.parallel = parallel;
    }

    void choose(ThresholdBlocksOp o) {
        HeadBlocks blocks = HeadBlocks.of(new TokenBlocks(o.bounds(), null), Integer.MAX_VALUE);
        parallel.run(
                o.bounds().size(0),
                head -> {
                    Scores scores = new Scores(o, blocks, head);
                    int edge = o.rule().tau().isPresent() ? 0 : scores.edge(o.rule());
                    write(o, blocks, head, scores, edge);
                });
    }

    private static void write(
            ThresholdBlocksOp o, HeadBlocks blocks, int head, Scores scores, int edge) {
        int count = blocks.count();
        int words = BlockMap.words(count);
        int lists = o.queries().size(2);
        float tau = (float) o.rule().tau().orElse(0);
        for (int i = 0; i < lists; i++) {
            for (int w = 0; w < words; w++) {
                int word = 0;
                for (int j = w * Integer.SIZE; j < Math.min(count, (w + 1) * Integer.SIZE); j++) {
                    float z = scores.z[i * count + j];
                    boolean high = o.rule().tau().isPresent() ? z > tau : bin(z) >= edge;
                    boolean kept = high || o.rule().always(i, j);
                    word |= kept && blocks.size(head, j) > 0 ? 1 << j % Integer.SIZE : 0;
                }
                long at = ((long) head * lists + i) * words + w;
                o.bits().host().setAtIndex(ValueLayout.JAVA_INT_UNALIGNED, at, word);
            }
        }
    }

    /** The step that a score is in; NaN is in the lowest. */
    private static int bin(float z) {
        float at = (z + BlockThreshold.REACH) * BlockThreshold.STEPS;
        return at >= BlockThreshold.bins() - 1 ? BlockThreshold.bins() - 1 : at > 0 ? (int) at : 0;
    }

    /** Of all pairs of blocks of a head. */
    private static final class Scores {
        private final HeadBlocks blocks;
        private final int head;
        private final int count; // blocks of keys
        private final int lists;
        private final float[] z; // [lists, count]

        private Scores(ThresholdBlocksOp o, HeadBlocks blocks, int head) {
            this.blocks = blocks;
            this.head = head;
            count = blocks.count();
            lists = o.queries().size(2);
            int dim = o.queries().size(3);
            float[] queries = new float[lists * dim];
            float[] keys = new float[count * dim];
            Floats.of(o.queries()).load((long) head * lists * dim, queries, 0, lists * dim);
            Floats.of(o.keys()).load((long) head * count * dim, keys, 0, count * dim);
            float[] mean = new float[dim];
            float[] variance = new float[dim];
            moments(keys, dim, mean, variance);
            float s = o.scale() * LOG2E;
            z = new float[lists * count];
            for (int i = 0; i < lists; i++) {
                float middle = 0;
                float spread = 0;
                for (int d = 0; d < dim; d++) {
                    float q = queries[i * dim + d];
                    middle += q * mean[d];
                    spread += q * q * variance[d];
                }
                float deviation = (float) Math.sqrt(s * s * spread + LEAST_VARIANCE);
                for (int j = 0; j < count; j++) {
                    float product = 0;
                    for (int d = 0; d < dim; d++) {
                        product += queries[i * dim + d] * keys[j * dim + d];
                    }
                    z[i * count + j] = (s * product - s * middle) / deviation;
                }
            }
        }

        private void moments(float[] keys, int dim, float[] mean, float[] variance) {
            int there = 0;
            for (int j = 0; j < count; j++) {
                there += blocks.size(head, j) > 0 ? 1 : 0;
            }
            for (int d = 0; d < dim; d++) {
                float sum = 0;
                for (int j = 0; j < count; j++) {
                    sum += blocks.size(head, j) > 0 ? keys[j * dim + d] : 0;
                }
                mean[d] = sum / Math.max(1, there);
                float squares = 0;
                for (int j = 0; j < count; j++) {
                    float away = keys[j * dim + d] - mean[d];
                    squares += blocks.size(head, j) > 0 ? away * away : 0;
                }
                variance[d] = squares / Math.max(1, there);
            }
        }

        /** The lowest step that is kept, so that no more is than the density allows. */
        private int edge(BlockThreshold rule) {
            long[] pairs = new long[BlockThreshold.bins()];
            long room = (long) (rule.density() * rule.allPairs());
            for (int i = 0; i < lists; i++) {
                long queries = 0;
                for (int own = rule.first(i); own < rule.first(i + 1); own++) {
                    queries += blocks.size(head, own);
                }
                for (int j = 0; j < count; j++) {
                    long there = queries * blocks.size(head, j);
                    if (rule.always(i, j)) {
                        room -= there;
                    } else {
                        pairs[bin(z[i * count + j])] += there;
                    }
                }
            }
            int edge = pairs.length;
            while (edge > 0 && pairs[edge - 1] <= room) {
                edge--;
                room -= pairs[edge];
            }
            return edge;
        }
    }
}
