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

    /**
     * {@code C += A B} for {@code 2 * MR} rows of A and the first vector of a panel of B: where a
     * matrix has a vector of columns left over, or no more than one.
     */
    static void addNarrow(
            int k, float[] a, int ia, int lda, float[] b, int ib, float[] c, int ic, int ldc) {
        FloatVector s0 = FloatVector.fromArray(Simd.F, c, ic);
        FloatVector s1 = FloatVector.fromArray(Simd.F, c, ic + ldc);
        FloatVector s2 = FloatVector.fromArray(Simd.F, c, ic + 2 * ldc);
        FloatVector s3 = FloatVector.fromArray(Simd.F, c, ic + 3 * ldc);
        FloatVector s4 = FloatVector.fromArray(Simd.F, c, ic + 4 * ldc);
        FloatVector s5 = FloatVector.fromArray(Simd.F, c, ic + 5 * ldc);
        FloatVector s6 = FloatVector.fromArray(Simd.F, c, ic + 6 * ldc);
        FloatVector s7 = FloatVector.fromArray(Simd.F, c, ic + 7 * ldc);
        FloatVector s8 = FloatVector.fromArray(Simd.F, c, ic + 8 * ldc);
        FloatVector s9 = FloatVector.fromArray(Simd.F, c, ic + 9 * ldc);
        FloatVector s10 = FloatVector.fromArray(Simd.F, c, ic + 10 * ldc);
        FloatVector s11 = FloatVector.fromArray(Simd.F, c, ic + 11 * ldc);
        for (int p = 0; p < k; p++) {
            FloatVector y = FloatVector.fromArray(Simd.F, b, ib + p * NR);
            s0 = FloatVector.broadcast(Simd.F, a[ia + p]).fma(y, s0);
            s1 = FloatVector.broadcast(Simd.F, a[ia + p + lda]).fma(y, s1);
            s2 = FloatVector.broadcast(Simd.F, a[ia + p + 2 * lda]).fma(y, s2);
            s3 = FloatVector.broadcast(Simd.F, a[ia + p + 3 * lda]).fma(y, s3);
            s4 = FloatVector.broadcast(Simd.F, a[ia + p + 4 * lda]).fma(y, s4);
            s5 = FloatVector.broadcast(Simd.F, a[ia + p + 5 * lda]).fma(y, s5);
            s6 = FloatVector.broadcast(Simd.F, a[ia + p + 6 * lda]).fma(y, s6);
            s7 = FloatVector.broadcast(Simd.F, a[ia + p + 7 * lda]).fma(y, s7);
            s8 = FloatVector.broadcast(Simd.F, a[ia + p + 8 * lda]).fma(y, s8);
            s9 = FloatVector.broadcast(Simd.F, a[ia + p + 9 * lda]).fma(y, s9);
            s10 = FloatVector.broadcast(Simd.F, a[ia + p + 10 * lda]).fma(y, s10);
            s11 = FloatVector.broadcast(Simd.F, a[ia + p + 11 * lda]).fma(y, s11);
        }
        s0.intoArray(c, ic);
        s1.intoArray(c, ic + ldc);
        s2.intoArray(c, ic + 2 * ldc);
        s3.intoArray(c, ic + 3 * ldc);
        s4.intoArray(c, ic + 4 * ldc);
        s5.intoArray(c, ic + 5 * ldc);
        s6.intoArray(c, ic + 6 * ldc);
        s7.intoArray(c, ic + 7 * ldc);
        s8.intoArray(c, ic + 8 * ldc);
        s9.intoArray(c, ic + 9 * ldc);
        s10.intoArray(c, ic + 10 * ldc);
        s11.intoArray(c, ic + 11 * ldc);
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
