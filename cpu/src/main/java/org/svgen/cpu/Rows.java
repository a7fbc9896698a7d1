package org.svgen.cpu;

import org.svgen.tensor.op.Weight;

/**
 * The rows of a matrix as floats: those of a tensor, or image patches gathered as they are read.
 */
@FunctionalInterface
interface Rows {
    /** {@code to[at + i] = element (row, from + i)}. */
    void load(int row, int from, int count, float[] to, int at);

    /** Rows of {@code width} consecutive elements. */
    static Rows of(Floats x, int width) {
        return (row, from, count, to, at) -> x.load((long) row * width + from, to, at, count);
    }

    /** The rows of a weight, each of {@code width} values, which are scaled as they are read. */
    static Rows of(Weight weight, int width) {
        Rows values = of(Floats.of(weight.values()), width);
        if (weight.scale() == null) {
            return values;
        }
        float[] scale = Floats.all(weight.scale());
        boolean one = weight.scaling() == Weight.Scaling.TENSOR;
        return (row, from, count, to, at) -> {
            values.load(row, from, count, to, at);
            float factor = scale[one ? 0 : row];
            for (int i = at; i < at + count; i++) {
                to[i] *= factor;
            }
        };
    }
}
