package org.svgen.testkit;

import java.util.Random;
import org.svgen.tensor.block.BlockFormat;

/**
 * The numbers of blocks in double precision, as ggml defines them: byte arrays and offsets as its
 * structs have them, a number at a time. It shares nothing with the code under test.
 */
public final class BlockDefinitions {
    private BlockDefinitions() {}

    /** Random bits, but finite halves where the scales of a block stand. */
    public static byte[] random(BlockFormat type, int count, Random random) {
        byte[] all = new byte[count * type.bytes()];
        random.nextBytes(all);
        for (int block = 0; block < count; block++) {
            for (int half : halves(type)) {
                int at = block * type.bytes() + half + 1;
                all[at] = (byte) (all[at] & ~(random.nextBoolean() ? 0x7c : 0x40));
            }
        }
        return all;
    }

    /** Where halves stand in a block. */
    private static int[] halves(BlockFormat type) {
        return switch (type) {
            case Q4_0, Q5_0, Q8_0 -> new int[] {0};
            case Q4_1, Q5_1, Q4_K, Q5_K -> new int[] {0, 2};
            case Q3_K -> new int[] {108};
            case Q6_K -> new int[] {208};
        };
    }

    /** Number {@code i} of the block that begins at byte {@code b}. */
    public static double number(BlockFormat type, byte[] bytes, int b, int i) {
        return switch (type) {
            case Q4_0 -> half(bytes, b) * (nibble(bytes, b + 2, i) - 8);
            case Q4_1 -> half(bytes, b) * nibble(bytes, b + 4, i) + half(bytes, b + 2);
            case Q5_0 ->
                    half(bytes, b) * (nibble(bytes, b + 6, i) + 16 * bit(bytes, b + 2, i) - 16);
            case Q5_1 ->
                    half(bytes, b) * (nibble(bytes, b + 8, i) + 16 * bit(bytes, b + 4, i))
                            + half(bytes, b + 2);
            case Q8_0 -> half(bytes, b) * bytes[b + 2 + i];
            case Q3_K -> q3(bytes, b, i);
            case Q4_K -> four(bytes, b, i, b + 16, 0);
            case Q5_K -> four(bytes, b, i, b + 48, 16 * ((bytes[b + 16 + i % 32] >> i / 32) & 1));
            case Q6_K -> q6(bytes, b, i);
        };
    }

    private static double half(byte[] bytes, int at) {
        int bits = bytes[at] & 255 | (bytes[at + 1] & 255) << 8;
        int exponent = bits >> 10 & 31;
        double fraction = bits & 1023;
        double size =
                exponent == 0
                        ? Math.scalb(fraction, -24)
                        : Math.scalb(1024 + fraction, exponent - 25);
        return bits < 1 << 15 ? size : -size;
    }

    private static int nibble(byte[] bytes, int from, int i) {
        return i < 16 ? bytes[from + i] & 15 : (bytes[from + i - 16] & 255) >> 4;
    }

    private static int bit(byte[] bytes, int from, int i) {
        return (bytes[from + i / 8] & 255) >> i % 8 & 1;
    }

    private static double four(byte[] bytes, int b, int i, int from, int fifth) {
        int group = i / 64; // 32 bytes: lower halves first
        int both = bytes[from + 32 * group + i % 32] & 255;
        int value = (i % 64 < 32 ? both & 15 : both >> 4) + fifth;
        int j = i / 32;
        int[] s = new int[12];
        for (int k = 0; k < 12; k++) {
            s[k] = bytes[b + 4 + k] & 255;
        }
        int scale = j < 4 ? s[j] % 64 : s[j + 4] % 16 + s[j - 4] / 64 * 16;
        int least = j < 4 ? s[j + 4] % 64 : s[j + 4] / 16 + s[j] / 64 * 16;
        return half(bytes, b) * scale * value - half(bytes, b + 2) * least;
    }

    private static double q6(byte[] bytes, int b, int i) {
        int n = i / 128;
        int l = i % 32;
        int quarter = i % 128 / 32;
        int low = bytes[b + 64 * n + l + (quarter % 2 == 1 ? 32 : 0)] & 255;
        int four = quarter < 2 ? low % 16 : low / 16;
        int two = (bytes[b + 128 + 32 * n + l] & 255) >> 2 * quarter & 3;
        int scale = bytes[b + 192 + 8 * n + 2 * quarter + l / 16];
        return half(bytes, b + 208) * scale * (four + 16 * two - 32);
    }

    private static double q3(byte[] bytes, int b, int i) {
        int n = i / 128;
        int l = i % 32;
        int quarter = i % 128 / 32;
        int two = (bytes[b + 32 + 32 * n + l] & 255) >> 2 * quarter & 3;
        int third = (bytes[b + l] & 255) >> i / 32 & 1;
        int s = i / 16;
        int low = bytes[b + 96 + s % 8] & 255;
        int four = s < 8 ? low % 16 : low / 16;
        int high = (bytes[b + 104 + s % 4] & 255) >> 2 * (s / 4) & 3;
        return half(bytes, b + 108) * (four + 16 * high - 32) * (two - 4 + 4 * third);
    }
}
