package org.svgen.bench;

import java.lang.foreign.Arena;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.svgen.tensor.Tensor;

/** Tensors to compute on, the same every time. */
final class RandomInputs {
    private RandomInputs() {}

    /** Normally distributed. */
    static Tensor random(Arena arena, long... dims) {
        RandomGenerator random = new Random(1);
        long n = 1;
        for (long d : dims) {
            n *= d;
        }
        float[] values = new float[Math.toIntExact(n)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Tensor.of(arena, values, dims);
    }
}
