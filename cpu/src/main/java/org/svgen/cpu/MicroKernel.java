package org.svgen.cpu;

import jdk.incubator.vector.FloatVector;

/**
 * The innermost product: {@code MR} rows of A times a panel of B of {@code NR} columns, sums held
 * in registers. Written out by hand and kept this small: with many more vector operations in a
 * method, or with a condition around them, the compiler stops inlining them and puts vectors on the
 * heap.
 */
final class MicroKernel {
    /** Rows of A at a time. */
    static final int MR = 6;

    /** Columns of B at a time: two vectors, whose 12 sums fit 16 registers. */
    static final int NR = 2 * Simd.LANES;

    private static final int L = Simd.LANES;

    private MicroKernel() {}

    /**
     * {@code C += A B}.
     *
     * @param a {@code MR} rows, {@code lda} apart, from {@code ia}
     * @param b {@code k} rows of {@code NR} columns, from {@code ib}
     * @param c {@code MR} rows, {@code ldc} apart, from {@code ic}
     */
    static void add(
            int k, float[] a, int ia, int lda, float[] b, int ib, float[] c, int ic, int ldc) {
        FloatVector s00 = FloatVector.fromArray(Simd.F, c, ic);
        FloatVector s01 = FloatVector.fromArray(Simd.F, c, ic + L);
        FloatVector s10 = FloatVector.fromArray(Simd.F, c, ic + ldc);
        FloatVector s11 = FloatVector.fromArray(Simd.F, c, ic + ldc + L);
        FloatVector s20 = FloatVector.fromArray(Simd.F, c, ic + 2 * ldc);
        FloatVector s21 = FloatVector.fromArray(Simd.F, c, ic + 2 * ldc + L);
        FloatVector s30 = FloatVector.fromArray(Simd.F, c, ic + 3 * ldc);
        FloatVector s31 = FloatVector.fromArray(Simd.F, c, ic + 3 * ldc + L);
        FloatVector s40 = FloatVector.fromArray(Simd.F, c, ic + 4 * ldc);
        FloatVector s41 = FloatVector.fromArray(Simd.F, c, ic + 4 * ldc + L);
        FloatVector s50 = FloatVector.fromArray(Simd.F, c, ic + 5 * ldc);
        FloatVector s51 = FloatVector.fromArray(Simd.F, c, ic + 5 * ldc + L);
        for (int p = 0; p < k; p++) {
            FloatVector b0 = FloatVector.fromArray(Simd.F, b, ib + p * NR);
            FloatVector b1 = FloatVector.fromArray(Simd.F, b, ib + p * NR + L);
            FloatVector x = FloatVector.broadcast(Simd.F, a[ia + p]);
            s00 = x.fma(b0, s00);
            s01 = x.fma(b1, s01);
            x = FloatVector.broadcast(Simd.F, a[ia + p + lda]);
            s10 = x.fma(b0, s10);
            s11 = x.fma(b1, s11);
            x = FloatVector.broadcast(Simd.F, a[ia + p + 2 * lda]);
            s20 = x.fma(b0, s20);
            s21 = x.fma(b1, s21);
            x = FloatVector.broadcast(Simd.F, a[ia + p + 3 * lda]);
            s30 = x.fma(b0, s30);
            s31 = x.fma(b1, s31);
            x = FloatVector.broadcast(Simd.F, a[ia + p + 4 * lda]);
            s40 = x.fma(b0, s40);
            s41 = x.fma(b1, s41);
            x = FloatVector.broadcast(Simd.F, a[ia + p + 5 * lda]);
            s50 = x.fma(b0, s50);
            s51 = x.fma(b1, s51);
        }
        s00.intoArray(c, ic);
        s01.intoArray(c, ic + L);
        s10.intoArray(c, ic + ldc);
        s11.intoArray(c, ic + ldc + L);
        s20.intoArray(c, ic + 2 * ldc);
        s21.intoArray(c, ic + 2 * ldc + L);
        s30.intoArray(c, ic + 3 * ldc);
        s31.intoArray(c, ic + 3 * ldc + L);
        s40.intoArray(c, ic + 4 * ldc);
        s41.intoArray(c, ic + 4 * ldc + L);
        s50.intoArray(c, ic + 5 * ldc);
        s51.intoArray(c, ic + 5 * ldc + L);
    }

    /** {@code C = A B}; as {@link #add} but for what C held before. */
    static void set(
            int k, float[] a, int ia, int lda, float[] b, int ib, float[] c, int ic, int ldc) {
        FloatVector s00 = FloatVector.zero(Simd.F);
        FloatVector s01 = FloatVector.zero(Simd.F);
        FloatVector s10 = FloatVector.zero(Simd.F);
        FloatVector s11 = FloatVector.zero(Simd.F);
        FloatVector s20 = FloatVector.zero(Simd.F);
        FloatVector s21 = FloatVector.zero(Simd.F);
        FloatVector s30 = FloatVector.zero(Simd.F);
        FloatVector s31 = FloatVector.zero(Simd.F);
        FloatVector s40 = FloatVector.zero(Simd.F);
        FloatVector s41 = FloatVector.zero(Simd.F);
        FloatVector s50 = FloatVector.zero(Simd.F);
        FloatVector s51 = FloatVector.zero(Simd.F);
        for (int p = 0; p < k; p++) {
            FloatVector b0 = FloatVector.fromArray(Simd.F, b, ib + p * NR);
            FloatVector b1 = FloatVector.fromArray(Simd.F, b, ib + p * NR + L);
            FloatVector x = FloatVector.broadcast(Simd.F, a[ia + p]);
            s00 = x.fma(b0, s00);
            s01 = x.fma(b1, s01);
            x = FloatVector.broadcast(Simd.F, a[ia + p + lda]);
            s10 = x.fma(b0, s10);
            s11 = x.fma(b1, s11);
            x = FloatVector.broadcast(Simd.F, a[ia + p + 2 * lda]);
            s20 = x.fma(b0, s20);
            s21 = x.fma(b1, s21);
            x = FloatVector.broadcast(Simd.F, a[ia + p + 3 * lda]);
            s30 = x.fma(b0, s30);
            s31 = x.fma(b1, s31);
            x = FloatVector.broadcast(Simd.F, a[ia + p + 4 * lda]);
            s40 = x.fma(b0, s40);
            s41 = x.fma(b1, s41);
            x = FloatVector.broadcast(Simd.F, a[ia + p + 5 * lda]);
            s50 = x.fma(b0, s50);
            s51 = x.fma(b1, s51);
        }
        s00.intoArray(c, ic);
        s01.intoArray(c, ic + L);
        s10.intoArray(c, ic + ldc);
        s11.intoArray(c, ic + ldc + L);
        s20.intoArray(c, ic + 2 * ldc);
        s21.intoArray(c, ic + 2 * ldc + L);
        s30.intoArray(c, ic + 3 * ldc);
        s31.intoArray(c, ic + 3 * ldc + L);
        s40.intoArray(c, ic + 4 * ldc);
        s41.intoArray(c, ic + 4 * ldc + L);
        s50.intoArray(c, ic + 5 * ldc);
        s51.intoArray(c, ic + 5 * ldc + L);
    }
}
