package org.svgen.cpu;

import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.svgen.tensor.op.BlockDensityOp;
import org.svgen.tensor.op.BlockMap;
import org.svgen.tensor.op.BlockMeansOp;

/** What is computed of blocks beside attention. */
final class Blocks {
    private final Parallel parallel;

    Blocks(Parallel parallel) {
        this.parallel = parallel;
    }

    void means(BlockMeansOp o) {
        int tokens = o.x().size(2);
        int dim = o.x().size(3);
        HeadBlocks blocks = HeadBlocks.of(o.blocks(), tokens);
        int[] which = HeadBlocks.ints(o.which());
        Floats x = Floats.of(o.x());
        Floats out = Floats.of(o.out());
        int count = blocks.count();
        int heads = o.x().size(0) * o.x().size(1);
        parallel.run(
                heads * count,
                task -> {
                    int head = task / count;
                    int map = HeadBlocks.map(which, head, o.blocks().maps());
                    Places places = blocks.places(map);
                    int from = blocks.bound(map, task % count);
                    int to = blocks.bound(map, task % count + 1);
                    float[] sum = Scratch.floats(Scratch.Use.MEANS, dim);
                    float[] row = Scratch.floats(Scratch.Use.INPUT, dim);
                    Arrays.fill(sum, 0, dim, 0);
                    for (int i = from; i < to; i++) {
                        x.load(((long) head * tokens + places.stored(i)) * dim, row, 0, dim);
                        for (int d = 0; d < dim; d++) {
                            sum[d] += row[d];
                        }
                    }
                    for (int d = 0; d < dim && from < to; d++) {
                        sum[d] /= to - from;
                    }
                    out.store(sum, 0, (long) task * dim, dim);
                });
    }

    void density(BlockDensityOp o) {
        BlockMap map = o.map();
        HeadBlocks queries = HeadBlocks.of(map.queries(), o.queries());
        HeadBlocks keys = HeadBlocks.of(map.keys(), o.keys());
        int[] bits = HeadBlocks.ints(map.bits());
        int[] which = HeadBlocks.ints(map.which());
        double all = (double) o.queries() * o.keys();
        for (int head = 0; head < o.out().elements(); head++) {
            int m = HeadBlocks.map(which, head, map.queries().maps());
            long kept = 0;
            for (int c = 0; c < queries.count(); c++) {
                kept += (long) queries.size(m, c) * keys(bits, keys, m, m * queries.count() + c);
            }
            o.out().host().setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, head, (float) (kept / all));
        }
    }

    /** Keys of a row of bits. */
    private static long keys(int[] bits, HeadBlocks keys, int map, int row) {
        int words = BlockMap.words(keys.count());
        long sum = 0;
        for (int j = 0; j < keys.count(); j++) {
            sum += kept(bits, row * words, j) ? keys.size(map, j) : 0;
        }
        return sum;
    }

    /** Whether bit {@code j} of the row that begins at {@code at} is set. */
    static boolean kept(int[] bits, int at, int j) {
        return (bits[at + j / Integer.SIZE] >>> j % Integer.SIZE & 1) != 0;
    }
}
