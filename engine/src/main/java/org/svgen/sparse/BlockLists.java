package org.svgen.sparse;

import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.BlockMap;

/** Which blocks of keys each block of queries attends to: what methods of lists differ in. */
public interface BlockLists {
    /**
     * Lists of a call.
     *
     * @param map what each head attends to
     * @param keyMeans [batch, heads, blocks, headDim]: mean keys of the map's blocks, if they are
     *     at hand
     */
    record Lists(BlockMap map, @Nullable Tensor keyMeans) {}

    /**
     * {@return the lists of one call, which live until the enclosing scope closes}
     *
     * @param workspace memory of the step
     * @param q queries [batch, heads, tokens, headDim]
     * @param k keys, of the same shape
     */
    Lists of(Workspace workspace, Tensor q, Tensor k);

    /** {@return about what fraction of pairs is kept, for costs alone} */
    double expected();

    /** {@return the fraction of pairs that is kept in any case} */
    double least();
}
