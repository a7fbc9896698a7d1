package org.svgen.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;
import org.svgen.tensor.op.Activation;

/**
 * Vector species and elementary functions. The species is a compile-time constant of the JIT; as a
 * parameter it would cost a factor of thirty.
 */
final class Simd {
    static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    static final int LANES = F.length();

    private static final VectorShuffle<Float> BY_EIGHT = rotation(8);
    private static final VectorShuffle<Float> BY_FOUR = rotation(4);
    private static final VectorShuffle<Float> BY_TWO = rotation(2);

    private static final float LOG2E = 1.44269504f;
    private static final float GELU_TANH = -2 * 0.7978845608f * LOG2E;
    private static final float LN2_HIGH = 0.693359375f;
    private static final float LN2_LOW = -2.12194440e-4f;
    // Adding 1.5 * 2^23 rounds a small float to an integer, which the low bits then hold.
    private static final float ROUNDER = 12582912f;
    private static final int ROUNDER_BITS = Float.floatToRawIntBits(ROUNDER);

    private Simd() {}

    /** The least multiple of {@link #LANES} that is not below {@code n}. */
    static int roundUp(int n) {
        return Math.ceilDiv(n, LANES) * LANES;
    }

    /**
     * The sum of all lanes, in an order of our own: {@code reduceLanes} adds in one order when
     * interpreted and in another when compiled, so the same request could give other bits.
     */
    static float sum(FloatVector v) {
        FloatVector s = v;
        s = LANES > 8 ? s.add(s.rearrange(BY_EIGHT)) : s;
        s = LANES > 4 ? s.add(s.rearrange(BY_FOUR)) : s;
        s = LANES > 2 ? s.add(s.rearrange(BY_TWO)) : s;
        return s.lane(0) + s.lane(1);
    }

    private static VectorShuffle<Float> rotation(int lanes) {
        return VectorShuffle.fromOp(F, lane -> (lane + lanes) % LANES);
    }

    /**
     * e^x, relative error below 2e-7; zero below about -87. NaN gives NaN. Splits x = n ln 2 + r
     * and sums the Taylor series of e^r, |r| <= 0.35.
     */
    static FloatVector exp(FloatVector x) {
        FloatVector c = x.max(-87.3f).min(88.7f);
        FloatVector shifted = c.fma(broadcast(LOG2E), broadcast(ROUNDER));
        FloatVector n = shifted.sub(ROUNDER);
        FloatVector r = n.fma(broadcast(-LN2_HIGH), c);
        r = n.fma(broadcast(-LN2_LOW), r);
        FloatVector p = broadcast(1f / 5040);
        p = p.fma(r, broadcast(1f / 720));
        p = p.fma(r, broadcast(1f / 120));
        p = p.fma(r, broadcast(1f / 24));
        p = p.fma(r, broadcast(1f / 6));
        p = p.fma(r, broadcast(0.5f));
        p = p.fma(r, broadcast(1f));
        p = p.fma(r, broadcast(1f));
        // p * 2^n, by adding n to the exponent; n = 128 would overflow it, so half of it at a time.
        var exponent = shifted.reinterpretAsInts().sub(ROUNDER_BITS);
        var half = exponent.lanewise(VectorOperators.ASHR, 1);
        FloatVector result = p.mul(power(half)).mul(power(exponent.sub(half)));
        return result;
    }

    private static FloatVector power(jdk.incubator.vector.IntVector n) {
        return n.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
    }

    private static FloatVector broadcast(float value) {
        return FloatVector.broadcast(F, value);
    }

    /**
     * {@code f(x)} for elements {@code from .. from + n}, rounded up to whole vectors, in place.
     */
    static void activate(Activation f, float[] x, int from, int n) {
        int end = from + roundUp(n);
        switch (f) {
            case NONE -> {}
            case RELU -> {
                for (int i = from; i < end; i += LANES) {
                    FloatVector.fromArray(F, x, i).max(0f).intoArray(x, i);
                }
            }
            case SILU -> gate(x, from, end, -LOG2E, 0);
            // x/2 (1 + tanh u) = x / (1 + e^-2u)
            case GELU_TANH -> gate(x, from, end, GELU_TANH, GELU_TANH * 0.044715f);
            case GELU -> {
                for (int i = from; i < end; i += LANES) {
                    gelu(FloatVector.fromArray(F, x, i)).intoArray(x, i);
                }
            }
        }
    }

    /**
     * {@code x / (1 + 2^u)} with {@code u = x (a + b x^2)}, in place. The power is written out
     * here: calls of a method that the compiler has met before would not be inlined, and every
     * vector would go to the heap.
     */
    private static void gate(float[] x, int from, int end, float a, float b) {
        for (int i = from; i < end; i += LANES) {
            FloatVector v = FloatVector.fromArray(F, x, i);
            FloatVector u = v.mul(v).fma(broadcast(b), broadcast(a)).mul(v);
            // Not min() and max(): their rules for NaN and -0 cost five instructions.
            u = u.blend(126f, u.compare(VectorOperators.GT, 126f));
            u = u.blend(-126f, u.compare(VectorOperators.LT, -126f));
            FloatVector shifted = u.add(ROUNDER);
            FloatVector r = u.sub(shifted.sub(ROUNDER));
            FloatVector p = r.fma(broadcast(Softmax.C5), broadcast(Softmax.C4));
            p = p.fma(r, broadcast(Softmax.C3));
            p = p.fma(r, broadcast(Softmax.C2));
            p = p.fma(r, broadcast(Softmax.C1));
            p = p.fma(r, broadcast(Softmax.C0));
            p =
                    p.reinterpretAsInts()
                            .add(shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23))
                            .reinterpretAsFloats();
            v.div(p.add(1f)).intoArray(x, i);
        }
    }

    /**
     * {@code x/2 erfc(-x / sqrt 2)}, with erfc by formula 7.1.26 of Abramowitz and Stegun (absolute
     * error 1.5e-7).
     */
    private static FloatVector gelu(FloatVector x) {
        FloatVector z = x.abs().mul(0.70710678f);
        FloatVector t = broadcast(1f).div(z.fma(broadcast(0.3275911f), broadcast(1f)));
        FloatVector p = t.fma(broadcast(1.061405429f), broadcast(-1.453152027f));
        p = p.fma(t, broadcast(1.421413741f));
        p = p.fma(t, broadcast(-0.284496736f));
        p = p.fma(t, broadcast(0.254829592f)).mul(t);
        FloatVector erfc = p.mul(exp(z.mul(z).neg()));
        FloatVector positive = broadcast(2f).sub(erfc);
        return erfc.blend(positive, x.compare(VectorOperators.GE, 0f)).mul(x).mul(0.5f);
    }
}
