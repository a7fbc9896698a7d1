package org.svgen.tensor.random;

import java.util.Arrays;

/**
 * The Mersenne twister of Matsumoto and Nishimura (1998) with 32-bit output, seeded by their {@code
 * init_genrand}.
 */
final class Mt19937 {
    private static final int N = 624;
    private static final int M = 397;

    private final int[] state = new int[N];
    private int next = N;

    Mt19937(int seed) {
        state[0] = seed;
        for (int i = 1; i < N; i++) {
            state[i] = 1812433253 * (state[i - 1] ^ (state[i - 1] >>> 30)) + i;
        }
    }

    /** 32 random bits. */
    int next32() {
        if (next == N) {
            twist();
        }
        int y = state[next++];
        y ^= y >>> 11;
        y ^= (y << 7) & 0x9D2C5680;
        y ^= (y << 15) & 0xEFC60000;
        return y ^ (y >>> 18);
    }

    /** The words, then how many of them were used. */
    long[] state() {
        long[] words = new long[N + 1];
        Arrays.setAll(words, i -> i < N ? state[i] : next);
        return words;
    }

    /** Goes on where {@link #state} was taken. */
    void goOn(long... words) {
        for (int i = 0; i < N; i++) {
            state[i] = (int) words[i];
        }
        next = (int) words[N];
    }

    private void twist() {
        for (int i = 0; i < N; i++) {
            int mixed = (state[i] & 0x80000000) | (state[(i + 1) % N] & 0x7FFFFFFF);
            state[i] = state[(i + M) % N] ^ (mixed >>> 1) ^ (-(mixed & 1) & 0x9908B0DF);
        }
        next = 0;
    }
}
