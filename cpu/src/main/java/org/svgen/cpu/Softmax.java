package org.svgen.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * The online softmax of a row of scores in units of log 2, so that weights are powers of two.
 *
 * <p>Weights are taken relative to a reference that need not be the greatest score: it follows only
 * when scores exceed it by more than {@link #SLACK}. Floats have exponents to spare, sums lose no
 * digits, and hardly any tile has to rescale what was summed before.
 */
final class Softmax {
    /** The reference before any score: below every finite score of use, yet finite. */
    static final float NO_REFERENCE = -1e30f;

    private static final float SLACK = 24;
    private static final int L = Simd.LANES;

    // Adding 1.5 * 2^23 rounds a small float to an integer, which the low bits then hold.
    private static final float ROUNDER = 12582912f;
    private static final float SMALLEST = -125;

    // 2^f for |f| <= 1/2, least greatest relative error 1.6e-7 (Lawson's algorithm).
    static final float C0 = 1.0000001192092896f;
    static final float C1 = 0.6931469440460205f;
    static final float C2 = 0.24022120237350464f;
    static final float C3 = 0.05550713092088699f;
    static final float C4 = 0.009675541892647743f;
    static final float C5 = 0.0013276472454890609f;

    private Softmax() {}

    /** Masks scores {@code from .. to} of the row at {@code at}; {@code from} begins a vector. */
    static void mask(float[] scores, int at, int from, int to) {
        for (int i = from; i < to; i += L) {
            FloatVector.fromArray(Simd.F, scores, at + i)
                    .blend(Float.NEGATIVE_INFINITY, Simd.F.indexInRange(0, to - i))
                    .intoArray(scores, at + i);
        }
    }

    /** Masks scores {@code from .. to} of the row at {@code at}; {@code to} ends a vector. */
    static void maskAfter(float[] scores, int at, int from, int to) {
        for (int i = from / L * L; i < to; i += L) {
            FloatVector masked = FloatVector.broadcast(Simd.F, Float.NEGATIVE_INFINITY);
            masked.blend(
                            FloatVector.fromArray(Simd.F, scores, at + i),
                            Simd.F.indexInRange(0, Math.max(0, from - i)))
                    .intoArray(scores, at + i);
        }
    }

    /**
     * The reference for scores {@code from .. to} (whole vectors) after {@code reference}: the
     * same, or the greatest of them if it is too far above.
     */
    static float reference(float[] scores, int from, int to, float reference) {
        // Two chains, since each step waits for the one before. Not max(): its rules for NaN and -0
        // cost five instructions.
        FloatVector most = FloatVector.broadcast(Simd.F, reference);
        FloatVector other = most;
        int i = from;
        for (; i + L < to; i += 2 * L) {
            FloatVector s = FloatVector.fromArray(Simd.F, scores, i);
            FloatVector t = FloatVector.fromArray(Simd.F, scores, i + L);
            most = most.blend(s, s.compare(VectorOperators.GT, most));
            other = other.blend(t, t.compare(VectorOperators.GT, other));
        }
        if (i < to) {
            FloatVector s = FloatVector.fromArray(Simd.F, scores, i);
            most = most.blend(s, s.compare(VectorOperators.GT, most));
        }
        most = most.blend(other, other.compare(VectorOperators.GT, most));
        if (!most.compare(VectorOperators.GT, reference + SLACK).anyTrue()) {
            return reference;
        }
        // Some score will do if none is far above it: the greatest of all takes five steps to find.
        float some = most.lane(0);
        if (!most.compare(VectorOperators.GT, some + SLACK).anyTrue()) {
            return some;
        }
        return most.reduceLanes(VectorOperators.MAX);
    }

    /**
     * Turns scores {@code from .. to} (whole vectors) into weights, in place, and adds them to the
     * vector of sums at {@code sum}.
     */
    static void weights(float[] scores, int from, int to, float reference, float[] sums, int sum) {
        FloatVector total = FloatVector.fromArray(Simd.F, sums, sum);
        FloatVector r = FloatVector.broadcast(Simd.F, reference);
        for (int i = from; i < to; i += L) {
            FloatVector w = exp2(FloatVector.fromArray(Simd.F, scores, i).sub(r));
            w.intoArray(scores, i);
            total = total.add(w);
        }
        total.intoArray(sums, sum);
    }

    /** 2^x for x up to 127; zero below -125. NaN gives NaN. */
    static FloatVector exp2(FloatVector x) {
        VectorMask<Float> tiny = x.compare(VectorOperators.LT, SMALLEST);
        FloatVector shifted = x.add(ROUNDER);
        FloatVector f = x.sub(shifted.sub(ROUNDER));
        FloatVector p = f.fma(FloatVector.broadcast(Simd.F, C5), FloatVector.broadcast(Simd.F, C4));
        p = p.fma(f, FloatVector.broadcast(Simd.F, C3));
        p = p.fma(f, FloatVector.broadcast(Simd.F, C2));
        p = p.fma(f, FloatVector.broadcast(Simd.F, C1));
        p = p.fma(f, FloatVector.broadcast(Simd.F, C0));
        return p.reinterpretAsInts()
                .add(shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23))
                .reinterpretAsFloats()
                .blend(0f, tiny);
    }
}
