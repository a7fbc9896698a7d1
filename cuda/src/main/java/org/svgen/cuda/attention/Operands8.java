package org.svgen.cuda.attention;

import org.svgen.cuda.gpu.Launcher;
import org.svgen.cuda.gpu.Places;
import org.svgen.tensor.op.AttentionOp;

/**
 * Where the parts of {@code Operands8} (attention8_operands.cuh) and what {@code Placement8} needs
 * besides lie in one piece of memory, as bytes from its beginning.
 *
 * @param keys tokens of k and v
 * @param q int8 [heads, queries, D]; the heads of all entries of the batch
 * @param k int8 [heads, keys, D]
 * @param v e4m3 [heads, D, {@link #valueTokens}]
 * @param qScale f32 [heads, queries]
 * @param kScale f32 [heads, key_scales]
 * @param vScale f32 [heads, D]
 * @param sums f32 [heads, PARTS, D]
 * @param most f32 [heads, PARTS, D]
 * @param mean f32 [heads, D]
 * @param bytes of all
 */
record Operands8(
        int keys,
        long q,
        long k,
        long v,
        long qScale,
        long kScale,
        long vScale,
        long sums,
        long most,
        long mean,
        long bytes) {
    /** Parts that the tokens of a head are cut into for sums. */
    static final int PARTS = 64;

    private static final int KEY_BLOCK = 32;
    private static final int VALUE_BLOCK = 128;

    static Operands8 of(AttentionOp o) {
        long heads = (long) o.q().size(0) * o.q().size(1);
        int queries = o.q().size(2);
        int keys = o.k().size(2);
        int dim = o.q().size(3);
        Places places = new Places();
        return new Operands8(
                keys,
                places.next(heads * queries * dim),
                places.next(heads * keys * dim),
                places.next(heads * dim * valueTokens(keys)),
                places.next(heads * queries * Float.BYTES),
                places.next(heads * (Math.ceilDiv(keys, KEY_BLOCK) + 3) * Float.BYTES),
                places.next(heads * dim * Float.BYTES),
                places.next(heads * PARTS * dim * Float.BYTES),
                places.next(heads * PARTS * dim * Float.BYTES),
                places.next(heads * dim * Float.BYTES),
                places.end());
    }

    /** Tokens of a row of values, the last of them zeros. */
    static int valueTokens(int keys) {
        return Math.ceilDiv(keys, VALUE_BLOCK) * VALUE_BLOCK;
    }

    /** The fields of the struct {@code Operands8}, in memory that begins {@code at}. */
    Launcher fields(Launcher launcher, long at) {
        return launcher.pointer(at + q)
                .pointer(at + k)
                .pointer(at + v)
                .pointer(at + qScale)
                .pointer(at + kScale)
                .pointer(at + vScale)
                .i64(keys);
    }
}
