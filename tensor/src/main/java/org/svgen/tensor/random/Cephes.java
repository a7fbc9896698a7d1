package org.svgen.tensor.random;

/**
 * Logarithm, sine and cosine in single precision as the Cephes library approximates them, with
 * fused multiply-adds where an optimising compiler puts them. Torch draws its normal numbers with
 * this arithmetic on x86, so equal seeds give equal bits only with the same polynomials.
 */
final class Cephes {
    private static final float HALF_ROOT = 0.70710677f;
    private static final float LN2_HIGH = 0.693359375f;
    private static final float LN2_LOW = -2.12194440e-4f;
    private static final float[] LOG = {
        7.0376836292e-2f,
        -1.1514610310e-1f,
        1.1676998740e-1f,
        -1.2420140846e-1f,
        1.4249322787e-1f,
        -1.6668057665e-1f,
        2.0000714765e-1f,
        -2.4999993993e-1f,
        3.3333331174e-1f
    };
    private static final float[] SIN = {-1.9515295891e-4f, 8.3321608736e-3f, -1.6666654611e-1f};
    private static final float[] COS = {
        2.443315711809948e-5f, -1.388731625493765e-3f, 4.166664568298827e-2f
    };

    private Cephes() {}

    /** The natural logarithm of a normal positive {@code x}. */
    static float log(float x) {
        int bits = Float.floatToRawIntBits(x);
        float e = (bits >>> 23) - 126;
        float m = Float.intBitsToFloat((bits & 0x7FFFFF) | 0x3F000000); // in [0.5, 1)
        if (m < HALF_ROOT) {
            e -= 1;
            m = m - 1 + m;
        } else {
            m -= 1;
        }
        float z = m * m;
        float y = polynomial(LOG, m) * m;
        y = Math.fma(y, z, e * LN2_LOW);
        y -= 0.5f * z;
        return Math.fma(e, LN2_HIGH, m + y);
    }

    /** The sine of {@code x} in 0 .. 8192. */
    static float sin(float x) {
        int octant = octant(x);
        float r = reduce(x, octant);
        float value = (octant & 2) == 0 ? nearSin(r) : nearCos(r);
        return (octant & 4) == 0 ? value : -value;
    }

    /** The cosine of {@code x} in 0 .. 8192. */
    static float cos(float x) {
        int octant = octant(x);
        float r = reduce(x, octant);
        float value = (octant & 2) == 0 ? nearCos(r) : nearSin(r);
        return ((octant + 2) & 4) == 0 ? value : -value;
    }

    /** Twice the number of quarter turns nearest to {@code x}. */
    private static int octant(float x) {
        return ((int) (x * 1.27323954473516f) + 1) & ~1;
    }

    /** {@code x - octant * pi / 4}, with pi / 4 in three parts. */
    private static float reduce(float x, int octant) {
        float y = octant;
        float r = Math.fma(y, -0.78515625f, x);
        r = Math.fma(y, -2.4187564849853515625e-4f, r);
        return Math.fma(y, -3.77489497744594108e-8f, r);
    }

    /** The sine of an angle within an eighth of a turn. */
    private static float nearSin(float r) {
        float y = polynomial(SIN, r * r) * (r * r);
        return Math.fma(y, r, r);
    }

    /** The cosine of an angle within an eighth of a turn. */
    private static float nearCos(float r) {
        float z = r * r;
        float y = polynomial(COS, z) * z;
        return Math.fma(y, z, -0.5f * z) + 1;
    }

    private static float polynomial(float[] coefficients, float x) {
        float y = coefficients[0];
        for (int i = 1; i < coefficients.length; i++) {
            y = Math.fma(y, x, coefficients[i]);
        }
        return y;
    }
}
