package org.svgen.tensor.op;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;

/**
 * Which blocks of keys each block of queries attends to, key by key. Heads may share maps. All of
 * it is data of the device.
 *
 * @param queries how queries are cut
 * @param keys how keys are cut
 * @param bits I32 [maps, query blocks, ceil(key blocks / 32)]: bit {@code j % 32} of word {@code j
 *     / 32} is set where the block of queries attends to block {@code j} of keys; bits behind the
 *     last block are 0
 * @param which I32 [B, H]: the map of each head; none where each has its own, in their order
 */
public record BlockMap(TokenBlocks queries, TokenBlocks keys, Tensor bits, @Nullable Tensor which) {
    /** Checks that blocks and bits agree. */
    public BlockMap {
        Check.shape("bits", bits, queries.maps(), queries.count(), words(keys.count()));
        Check.that(
                keys.maps() == queries.maps(),
                "%s maps of keys, %s of queries",
                keys.maps(),
                queries.maps());
    }

    /**
     * {@return how many words a row of bits has}
     *
     * @param blocks number of blocks of keys
     */
    public static int words(int blocks) {
        return Math.ceilDiv(blocks, Integer.SIZE);
    }

    /** Refuses tensors of other heads or tokens. */
    void check(Tensor q, Tensor k) {
        Check.shape("which", which, q.size(0), q.size(1));
        queries.check("queries", q.size(2), which, q);
        keys.check("keys", k.size(2), which, k);
    }

    BlockMap on(UnaryOperator<Tensor> tensors) {
        return new BlockMap(
                queries.on(tensors),
                keys.on(tensors),
                tensors.apply(bits),
                Operands.on(which, tensors));
    }

    /** Of the first {@code heads} of one batch element, and the first queries and keys of each. */
    BlockMap part(int heads, int queryTokens, int keyTokens) {
        int maps = which == null ? heads : queries.maps();
        return new BlockMap(
                queries.part(maps, queryTokens),
                keys.part(maps, keyTokens),
                Cut.resized(bits, 0, maps),
                which == null ? null : Tensor.phantom(which.dtype(), 1, heads));
    }

    /** What {@link Op#numbers} gives for an operand of this, if about {@code density} is kept. */
    int @Nullable [] numbers(Tensor operand, int queryTokens, int keyTokens, double density) {
        if (operand == bits) {
            int words = bits.size(2);
            return Cut.repeated(
                    Math.toIntExact(bits.elements() / words), words, w -> word(w, density));
        }
        if (operand == which) {
            return Cut.repeated(1, Math.toIntExact(which.elements()), i -> i % queries.maps());
        }
        int[] ofQueries = queries.numbers(operand, queryTokens);
        return ofQueries != null ? ofQueries : keys.numbers(operand, keyTokens);
    }

    /** The first blocks of a row, as many as make up the density. */
    private int word(int word, double density) {
        int all = keys.count();
        int kept = Math.clamp(Math.round(density * all), Math.min(1, all), all);
        int here = Math.clamp(kept - (long) word * Integer.SIZE, 0, Integer.SIZE);
        return here == 0 ? 0 : -1 >>> (Integer.SIZE - here);
    }

    /** What makes two maps equally much work. */
    Object[] key() {
        return new Object[] {
            queries.bounds(), queries.order(), keys.bounds(), keys.order(), bits, which
        };
    }
}
