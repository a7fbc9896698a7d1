package org.svgen.testkit;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.BFloat16;
import org.svgen.tensor.Float8;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.block.BlockFormat;
import org.svgen.tensor.op.Weight;

/** Elements of host tensors as doubles, with multi-dimensional indices. */
record Doubles(double[] values, int[] dims) {
    static Doubles of(Tensor tensor) {
        double[] values = new double[Math.toIntExact(tensor.elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] = get(tensor, i);
        }
        return zeros(tensor).with(values);
    }

    /** Of a weight: the numbers that are multiplied. */
    static Doubles of(Weight weight) {
        if (weight.isPlain()) {
            return of(weight.values());
        }
        BlockFormat blocks = weight.blocks();
        Doubles all = blocks == null ? scaled(weight) : ofBlocks(weight, blocks);
        for (int i = 0; i < all.values.length; i++) {
            float number = (float) all.values[i];
            all.values[i] =
                    switch (weight.dtype()) {
                        case BF16 -> BFloat16.round(number);
                        case F16 -> Float.float16ToFloat(Float.floatToFloat16(number));
                        default -> number;
                    };
        }
        return all;
    }

    private static Doubles ofBlocks(Weight weight, BlockFormat blocks) {
        byte[] bytes = weight.values().host().toArray(ValueLayout.JAVA_BYTE);
        double[] numbers = new double[Math.toIntExact(weight.elements())];
        for (int i = 0; i < numbers.length; i++) {
            int block = i / blocks.numbers() * blocks.bytes();
            numbers[i] = BlockDefinitions.number(blocks, bytes, block, i % blocks.numbers());
        }
        return new Doubles(numbers, new int[] {weight.size(0), weight.size(1)});
    }

    private static Doubles scaled(Weight weight) {
        Doubles all = of(weight.values());
        Doubles scale = ofNullable(weight.scale());
        int row = all.values.length / weight.size(0);
        for (int i = 0; i < all.values.length && scale != null; i++) {
            all.values[i] *= scale.values[scale.values.length == 1 ? 0 : i / row];
        }
        return all;
    }

    static @Nullable Doubles ofNullable(@Nullable Tensor tensor) {
        return tensor == null ? null : of(tensor);
    }

    static Doubles zeros(Tensor like) {
        int[] dims = new int[like.shape().rank()];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = like.size(i);
        }
        return new Doubles(new double[Math.toIntExact(like.elements())], dims);
    }

    private Doubles with(double[] other) {
        return new Doubles(other, dims);
    }

    int at(int... index) {
        if (index.length != dims.length) {
            throw new IllegalArgumentException(index.length + " indices of " + dims.length);
        }
        int at = 0;
        for (int i = 0; i < index.length; i++) {
            if (index[i] < 0 || index[i] >= dims[i]) {
                throw new IndexOutOfBoundsException(index[i] + " of " + dims[i]);
            }
            at = at * dims[i] + index[i];
        }
        return at;
    }

    /** The indices of element {@code i}. */
    int[] index(int i) {
        int[] index = new int[dims.length];
        int rest = i;
        for (int d = dims.length - 1; d >= 0; d--) {
            index[d] = rest % dims[d];
            rest /= dims[d];
        }
        return index;
    }

    double get(int... index) {
        return values[at(index)];
    }

    void set(double value, int... index) {
        values[at(index)] = value;
    }

    int last() {
        return dims[dims.length - 1];
    }

    /** Rows if all but the last dimension are taken together. */
    int rows() {
        return values.length / last();
    }

    /** Writes all elements, rounded, into {@code tensor}. */
    void into(Tensor tensor) {
        for (int i = 0; i < values.length; i++) {
            put(tensor, i, values[i]);
        }
    }

    static int[] ints(Tensor tensor) {
        return tensor.host().toArray(ValueLayout.JAVA_INT_UNALIGNED);
    }

    private static double get(Tensor tensor, int i) {
        MemorySegment s = tensor.host();
        return switch (tensor.dtype()) {
            case F64 -> s.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, 8L * i);
            case F32 -> s.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i);
            case BF16 -> BFloat16.toFloat(s.get(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * i));
            case F16 -> Float.float16ToFloat(s.get(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * i));
            case F8_E4M3 -> Float8.e4m3(s.get(ValueLayout.JAVA_BYTE, i));
            case F8_E5M2 -> Float8.e5m2(s.get(ValueLayout.JAVA_BYTE, i));
            case I32 -> s.get(ValueLayout.JAVA_INT_UNALIGNED, 4L * i);
            default -> throw new IllegalArgumentException("no doubles in " + tensor);
        };
    }

    static void put(Tensor tensor, int i, double value) {
        MemorySegment s = tensor.host();
        float f = (float) value;
        switch (tensor.dtype()) {
            case F64 -> s.set(ValueLayout.JAVA_DOUBLE_UNALIGNED, 8L * i, value);
            case F32 -> s.set(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i, f);
            case BF16 -> s.set(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * i, BFloat16.fromFloat(f));
            case F16 -> s.set(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * i, Float.floatToFloat16(f));
            case I32 -> s.set(ValueLayout.JAVA_INT_UNALIGNED, 4L * i, (int) value);
            default -> throw new IllegalArgumentException("no doubles in " + tensor);
        }
    }
}
