package org.svgen.cpu;

import jdk.incubator.vector.FloatVector;

/**
 * The innermost product: {@code MR} rows of A times a panel of B of {@code NR} columns, sums held
 * in registers.
 */
final class MicroKernel {
    /** Rows of A at a time. */
    static final int MR = 6;

    /**
     * Columns of B at a time: as many vectors as leave room for 6 rows of sums in the registers.
     */
    static final int NR = 4 * Simd.LANES;

    private static final int L = Simd.LANES;

    private MicroKernel() {}

    /**
     * {@code C += A B}, or {@code C = A B} if {@code first}.
     *
     * @param a {@code MR} rows, {@code lda} apart, from {@code ia}
     * @param b {@code k} rows of {@code NR} columns, from {@code ib}
     * @param c {@code MR} rows, {@code ldc} apart, from {@code ic}
     */
    static void multiply(
            int k,
            float[] a,
            int ia,
            int lda,
            float[] b,
            int ib,
            float[] c,
            int ic,
            int ldc,
            boolean first) {
        half(k, a, ia, lda, b, ib, c, ic, ldc, first);
        half(k, a, ia, lda, b, ib + 2 * L, c, ic + 2 * L, ldc, first);
    }

    private static void half(
            int k,
            float[] a,
            int ia,
            int lda,
            float[] b,
            int ib,
            float[] c,
            int ic,
            int ldc,
            boolean first) {
        FloatVector s00 = FloatVector.zero(Simd.F);
        FloatVector s01 = s00;
        FloatVector s10 = s00;
        FloatVector s11 = s00;
        FloatVector s20 = s00;
        FloatVector s21 = s00;
        FloatVector s30 = s00;
        FloatVector s31 = s00;
        FloatVector s40 = s00;
        FloatVector s41 = s00;
        FloatVector s50 = s00;
        FloatVector s51 = s00;
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
        put(s00, s01, c, ic, first);
        put(s10, s11, c, ic + ldc, first);
        put(s20, s21, c, ic + 2 * ldc, first);
        put(s30, s31, c, ic + 3 * ldc, first);
        put(s40, s41, c, ic + 4 * ldc, first);
        put(s50, s51, c, ic + 5 * ldc, first);
    }

    private static void put(FloatVector v0, FloatVector v1, float[] c, int at, boolean first) {
        if (first) {
            v0.intoArray(c, at);
            v1.intoArray(c, at + L);
        } else {
            v0.add(FloatVector.fromArray(Simd.F, c, at)).intoArray(c, at);
            v1.add(FloatVector.fromArray(Simd.F, c, at + L)).intoArray(c, at + L);
        }
    }
}
