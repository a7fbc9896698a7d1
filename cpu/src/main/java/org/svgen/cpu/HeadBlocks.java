package org.svgen.cpu;

import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.TokenBlocks;

/**
 * {@link TokenBlocks} as arrays, checked: whatever bounds and orders say lies within the tokens.
 */
record HeadBlocks(int[] bounds, int[] order, int count, int tokens) {
    static HeadBlocks of(TokenBlocks blocks, int tokens) {
        int[] bounds = ints(blocks.bounds());
        int each = blocks.count() + 1;
        for (int i = 0; i < bounds.length; i++) {
            int least = i % each == 0 ? 0 : bounds[i - 1];
            Check.that(
                    bounds[i] >= least && bounds[i] <= tokens,
                    "bound %s of a block, expected %s to %s",
                    bounds[i],
                    least,
                    tokens);
        }
        int[] order = blocks.order() == null ? new int[0] : ints(blocks.order());
        for (int stored : order) {
            Check.that(stored >= 0 && stored < tokens, "token %s of %s", stored, tokens);
        }
        return new HeadBlocks(bounds, order, blocks.count(), tokens);
    }

    /** All elements, or those of no tensor. */
    static int[] ints(@Nullable Tensor tensor) {
        return tensor == null ? new int[0] : tensor.host().toArray(ValueLayout.JAVA_INT_UNALIGNED);
    }

    /** The map of a head, by what {@link #ints} gives of the choice of maps. */
    static int map(int[] which, int head, int maps) {
        int map = which.length == 0 ? head : which[head];
        Check.that(map >= 0 && map < maps, "map %s of %s", map, maps);
        return map;
    }

    /** Where block {@code c} begins; where the last one ends for {@code c = count}. */
    int bound(int map, int c) {
        return bounds[map * (count + 1) + c];
    }

    int size(int map, int c) {
        return bound(map, c + 1) - bound(map, c);
    }

    Places places(int map) {
        return new Places.Listed(order, order.length == 0 ? 0 : map * tokens);
    }
}
