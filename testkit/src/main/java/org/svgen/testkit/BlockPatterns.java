package org.svgen.testkit;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.IntPredicate;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.BlockMap;
import org.svgen.tensor.op.TokenBlocks;

/** Blocks and maps of blocks, by chance or by rule, in host memory. */
final class BlockPatterns {
    private static final Arena ARENA = Arena.ofAuto();

    private BlockPatterns() {}

    /** Blocks of {@code size} tokens, the last perhaps shorter. */
    static TokenBlocks equal(int maps, int tokens, int size) {
        int count = Math.ceilDiv(tokens, size);
        int[] bounds = new int[maps * (count + 1)];
        for (int i = 0; i < bounds.length; i++) {
            bounds[i] = Math.min(tokens, i % (count + 1) * size);
        }
        return new TokenBlocks(Tensor.of(ARENA, bounds, maps, count + 1), null);
    }

    /** Blocks of any sizes, of which some are empty; {@code padding} tokens belong to none. */
    static TokenBlocks any(Random random, int maps, int tokens, int count, int padding) {
        int[] bounds = new int[maps * (count + 1)];
        for (int m = 0; m < maps; m++) {
            int[] row = random.ints(count + 1, 0, tokens - padding + 1).sorted().toArray();
            if (count > 2) {
                row[2] = row[1]; // an empty block
            }
            row[0] = m % 2 == 0 ? 0 : row[0];
            row[count] = tokens - padding;
            System.arraycopy(row, 0, bounds, m * (count + 1), count + 1);
        }
        return new TokenBlocks(
                Tensor.of(ARENA, bounds, maps, count + 1), shuffled(random, maps, tokens));
    }

    /** Orders by chance. */
    static Tensor shuffled(Random random, int maps, int tokens) {
        List<Integer> all = new ArrayList<>();
        for (int m = 0; m < maps; m++) {
            List<Integer> order = new ArrayList<>();
            for (int i = 0; i < tokens; i++) {
                order.add(i);
            }
            Collections.shuffle(order, random);
            all.addAll(order);
        }
        return Tensor.of(ARENA, all.stream().mapToInt(Integer::intValue).toArray(), maps, tokens);
    }

    /** Bits of a map: which pairs of blocks are kept, numbered one after the other. */
    static Tensor bits(TokenBlocks queries, TokenBlocks keys, IntPredicate kept) {
        int words = BlockMap.words(keys.count());
        int rows = queries.maps() * queries.count();
        int[] bits = new int[rows * words];
        for (int row = 0; row < rows; row++) {
            for (int j = 0; j < keys.count(); j++) {
                if (kept.test(row * keys.count() + j)) {
                    bits[row * words + j / 32] |= 1 << j % 32;
                }
            }
        }
        return Tensor.of(ARENA, bits, queries.maps(), queries.count(), words);
    }

    /** Every pair of blocks is kept. */
    static BlockMap all(TokenBlocks queries, TokenBlocks keys) {
        return new BlockMap(queries, keys, bits(queries, keys, _ -> true), null);
    }

    /** About {@code density} of the pairs of blocks, by chance. */
    static BlockMap some(Random random, TokenBlocks queries, TokenBlocks keys, double density) {
        Tensor bits = bits(queries, keys, _ -> random.nextDouble() < density);
        return new BlockMap(queries, keys, bits, null);
    }

    /** As it is, in any type of number. */
    static Tensor zeros(DType dtype, long... dims) {
        return Tensor.zeros(ARENA, dtype, dims);
    }
}
