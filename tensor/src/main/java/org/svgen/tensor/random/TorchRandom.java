package org.svgen.tensor.random;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.svgen.tensor.BFloat16;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;

/**
 * Torch's random generator for the CPU: the same seed gives the numbers that {@code
 * torch.Generator("cpu").manual_seed(seed)} gives on x86 (torch 2.11; ATen's MT19937RNGEngine and
 * DistributionTemplates). Successive draws go on in one stream. Not thread-safe.
 */
public final class TorchRandom {
    private static final int BLOCK = 16;

    /** Ranges from here on take 64 random bits a number. */
    private static final long WIDE = 1L << 28;

    private final Mt19937 bits;

    /** The other half of the last pair that a short draw made; NaN if it was used. */
    private double spare = Double.NaN;

    /**
     * Only the lower 32 bits of {@code seed} count, as in torch.
     *
     * @param seed as for torch.manual_seed
     */
    public TorchRandom(long seed) {
        bits = new Mt19937((int) seed);
    }

    /**
     * Standard normal numbers, as {@code torch.randn} draws them in float32.
     *
     * @param out takes the numbers
     */
    public void normal(float[] out) {
        draw(out, DType.F32);
    }

    /**
     * Standard normal numbers, drawn as torch draws them for the type of {@code host}. Its bfloat16
     * numbers are not the rounded float32 ones: that came after torch 2.11, by 2.13.
     *
     * @param host F32 or BF16, in host memory
     */
    public void normal(Tensor host) {
        float[] values = new float[Math.toIntExact(host.elements())];
        MemorySegment to = host.host();
        switch (host.dtype()) {
            case F32 -> {
                draw(values, DType.F32);
                MemorySegment.copy(
                        values, 0, to, ValueLayout.JAVA_FLOAT_UNALIGNED, 0, values.length);
            }
            case BF16 -> {
                draw(values, DType.BF16);
                for (int i = 0; i < values.length; i++) {
                    short half = BFloat16.fromFloat(values[i]);
                    to.setAtIndex(ValueLayout.JAVA_SHORT_UNALIGNED, i, half);
                }
            }
            default -> throw new IllegalArgumentException("no normal numbers in " + host.dtype());
        }
    }

    /**
     * {@return {@code n} integers of {@code [low, high)}, as {@code torch.randint} draws them}
     *
     * @param low the least
     * @param high one past the greatest
     * @param n how many
     */
    public long[] integers(long low, long high, int n) {
        long range = high - low;
        if (low >= high || range < 0) {
            throw new IllegalArgumentException("no range: %d to %d".formatted(low, high));
        }
        long[] out = new long[n];
        for (int i = 0; i < n; i++) {
            long random = range < WIDE ? Integer.toUnsignedLong(bits.next32()) : next64();
            out[i] = low + Long.remainderUnsigned(random, range);
        }
        return out;
    }

    /** {@return where in its stream this is, for {@link #goOn}} */
    public long[] state() {
        long[] words = bits.state();
        long[] state = Arrays.copyOf(words, words.length + 1);
        state[words.length] = Double.doubleToRawLongBits(spare);
        return state;
    }

    /**
     * Goes on where another generator was.
     *
     * @param state of the other
     */
    public void goOn(long... state) {
        if (state.length != state().length) {
            throw new IllegalArgumentException(
                    "expected %d numbers, found %d".formatted(state().length, state.length));
        }
        bits.goOn(state);
        spare = Double.longBitsToDouble(state[state.length - 1]);
    }

    private void draw(float[] out, DType type) {
        if (out.length < BLOCK) {
            for (int i = 0; i < out.length; i++) {
                out[i] = (float) nextNormal();
            }
            return;
        }
        uniform(out, 0, type);
        for (int i = 0; i + BLOCK <= out.length; i += BLOCK) {
            toNormal(out, i, type);
        }
        if (out.length % BLOCK != 0) {
            // The last 16 are drawn again: blocks are never shorter.
            uniform(out, out.length - BLOCK, type);
            toNormal(out, out.length - BLOCK, type);
        }
    }

    /** Fills {@code out} from {@code from} with numbers of [0, 1), as finely as the type can. */
    private void uniform(float[] out, int from, DType type) {
        int digits = type == DType.BF16 ? 8 : 24;
        for (int i = from; i < out.length; i++) {
            out[i] = (bits.next32() & ((1 << digits) - 1)) * (1f / (1 << digits));
        }
    }

    /** Box and Muller's transform of a block: radii from its first half, angles from its second. */
    private static void toNormal(float[] data, int from, DType type) {
        for (int i = from; i < from + BLOCK / 2; i++) {
            float u = 1 - data[i];
            float v = data[i + BLOCK / 2];
            if (type == DType.BF16) {
                // Every intermediate result is a bfloat16.
                float log = BFloat16.round((float) Math.log(u));
                float radius = BFloat16.round((float) Math.sqrt(-2 * log));
                float angle = BFloat16.round((float) (2 * Math.PI * v));
                float cos = BFloat16.round((float) Math.cos(angle));
                float sin = BFloat16.round((float) Math.sin(angle));
                data[i] = BFloat16.round(radius * cos) + 0f; // the mean: no negative zeros
                data[i + BLOCK / 2] = BFloat16.round(radius * sin) + 0f;
            } else {
                float radius = (float) Math.sqrt(-2 * Cephes.log(u));
                float angle = (float) (2 * Math.PI) * v;
                data[i] = radius * Cephes.cos(angle) + 0f;
                data[i + BLOCK / 2] = radius * Cephes.sin(angle) + 0f;
            }
        }
    }

    /** One number in double precision; they come in pairs. */
    private double nextNormal() {
        if (!Double.isNaN(spare)) {
            double value = spare;
            spare = Double.NaN;
            return value;
        }
        double u = nextUniform();
        double v = nextUniform();
        double radius = Math.sqrt(-2 * Math.log1p(-v));
        spare = radius * Math.sin(2 * Math.PI * u);
        return radius * Math.cos(2 * Math.PI * u);
    }

    private double nextUniform() {
        return (next64() & ((1L << 53) - 1)) * 0x1p-53;
    }

    private long next64() {
        long high = bits.next32();
        return high << 32 | Integer.toUnsignedLong(bits.next32());
    }
}
