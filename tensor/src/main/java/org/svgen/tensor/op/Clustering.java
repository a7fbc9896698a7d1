package org.svgen.tensor.op;

import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;

/** Checks that operations on clusters of tokens share. */
final class Clustering {
    private static final int TOKENS = 100; // of a block

    private Clustering() {}

    /** How many heads [B, H, N, D] has in all. */
    static int maps(Tensor x) {
        return x.size(0) * x.size(1);
    }

    /** The same heads of the same width, other rows. */
    static void heads(Tensor x, String name, Tensor rows) {
        Check.rank("x", x, 4);
        Check.rank(name, rows, 4);
        Check.shape(name, rows, x.size(0), x.size(1), rows.size(2), x.size(3));
    }

    /** What {@link Op#numbers} gives for bounds of blocks whose tokens nobody reads. */
    static int @Nullable [] numbers(Tensor bounds, Tensor operand) {
        return new TokenBlocks(bounds, null).numbers(operand, TOKENS * bounds.size(1));
    }

    /** Bounds of blocks, of which {@code clusters} from block {@code first} on are meant. */
    static void bounds(Tensor bounds, int maps, int first, int clusters) {
        Check.rank("bounds", bounds, 2);
        Check.shape("bounds", bounds, maps, bounds.size(1));
        Check.that(
                first >= 0 && first + clusters < bounds.size(1),
                "clusters %s to %s, bounds %s",
                first,
                first + clusters,
                bounds);
    }
}
