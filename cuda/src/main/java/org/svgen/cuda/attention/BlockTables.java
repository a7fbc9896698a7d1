package org.svgen.cuda.attention;

import org.svgen.cuda.gpu.Places;
import org.svgen.tensor.DType;
import org.svgen.tensor.op.BlockAttentionOp;
import org.svgen.tensor.op.BlockTail;

/**
 * Where the tables and copies of one call of {@link HopperBlockAttention} lie in one piece of
 * memory, as bytes from its beginning: what attention_block_tables.cu writes.
 *
 * @param most groups of queries that a map has at most
 * @param pitch of the biases of a map
 * @param heavy i32 [maps, query blocks]
 * @param groups i32 [maps, most, 4]
 * @param counts i32 [maps]
 * @param bias f32 [maps, pitch]
 * @param q bf16 [B, H, queries, D], where queries have an order
 * @param k bf16 [B, H, keys, D], where keys have an order
 * @param v bf16 [B, H, keys, D], likewise
 * @param meanKeys bf16 [B, H, key blocks, D], where means are of another type
 * @param meanValues bf16 [B, H, key blocks, D], likewise
 * @param bytes of all
 */
record BlockTables(
        int most,
        int pitch,
        long heavy,
        long groups,
        long counts,
        long bias,
        long q,
        long k,
        long v,
        long meanKeys,
        long meanValues,
        long bytes) {
    /** Queries of a group, and groups of a tile. */
    private static final int ROWS = 64;

    private static final int GROUPS = 3;

    /**
     * Groups of tokens before and behind all blocks, and those without queries that fill tiles up:
     * after each of four passes over the blocks, and at the end.
     */
    private static final int OTHERS = 2 + 5 * (GROUPS - 1);

    private static final int GROUP_INTS = 4;

    static BlockTables of(BlockAttentionOp o, HopperAttention.Variant variant) {
        long maps = o.map().queries().maps();
        int blocks = o.map().queries().count();
        int most = Math.ceilDiv(o.q().size(2), ROWS) + blocks + OTHERS;
        int pitch =
                Math.ceilDiv(Math.max(1, o.map().keys().count()), variant.keys()) * variant.keys();
        long keyBytes = o.map().keys().order() == null ? 0 : o.k().bytes();
        BlockTail tail = o.tail();
        long meanBytes = tail != null && converts(tail) ? tail.keys().elements() * Short.BYTES : 0;
        Places places = new Places();
        return new BlockTables(
                most,
                pitch,
                places.next(maps * blocks * Integer.BYTES),
                places.next(maps * most * GROUP_INTS * Integer.BYTES),
                places.next(maps * Integer.BYTES),
                places.next(maps * pitch * Float.BYTES),
                places.next(o.map().queries().order() == null ? 0 : o.q().bytes()),
                places.next(keyBytes),
                places.next(keyBytes),
                places.next(meanBytes),
                places.next(meanBytes),
                places.end());
    }

    /** True if the kernel cannot read the means as they are. */
    static boolean converts(BlockTail tail) {
        return tail.keys().dtype() != DType.BF16;
    }
}
