package org.svgen.models.wan;

import java.util.List;
import org.svgen.sparse.AttentionPolicy;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/**
 * What all blocks share in one step.
 *
 * @param parts F32 [times, {@link WanEmbedder#PARTS}, C]: the times that tokens are at, as blocks
 *     are modulated by them
 * @param spans which tokens are at which time
 * @param rope rotary tables
 * @param atOnce branches of guidance that go through a block in one batch: all or 1
 */
record WanStep(
        Workspace workspace,
        WanContext context,
        Tensor parts,
        List<Span> spans,
        WanRope rope,
        AttentionPolicy policy,
        int atOnce) {
    /**
     * Elements of a branch's stream with which a product has eight tiles of 128 x 256 for each of
     * 128 processors. A batch of two such branches is no faster, since the last round of tiles
     * counts little, and takes twice the scratch.
     */
    private static final long FULL = 8L * 128 * 128 * 256;

    /**
     * How many branches of guidance go through a block in one batch. Only their size decides, so
     * that the numbers are the same whatever the memory.
     *
     * @param x the token stream [branches, N, C]
     */
    static int atOnce(Tensor x) {
        return x.elements() / x.size(0) < FULL ? x.size(0) : 1;
    }

    /**
     * Tokens {@code from} to {@code to} of a branch.
     *
     * @param time an index into the step's times
     */
    record Span(int from, int to, int time) {
        /** The tokens of one branch, [N, C] as [to - from, C]. */
        Tensor of(Tensor branch) {
            return branch.rows(from, to);
        }
    }
}
