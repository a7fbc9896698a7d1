package org.svgen.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A contiguous, row-major view of some storage. It never allocates memory for its elements and
 * never frees any.
 *
 * @param dtype type of its elements
 * @param shape its dimensions
 * @param storage holds the elements
 * @param offset where the first element lies in the storage, in bytes
 */
public record Tensor(DType dtype, Shape shape, Storage storage, long offset) {
    /** Checks that the elements lie within the storage. */
    public Tensor {
        if (offset < 0 || Math.addExact(offset, bytes(dtype, shape)) > storage.byteSize()) {
            throw new IllegalArgumentException(
                    "%s %s at byte %d does not fit in %d bytes"
                            .formatted(dtype, shape, offset, storage.byteSize()));
        }
    }

    /**
     * {@return a tensor over the whole of host memory {@code segment}}
     *
     * @param dtype type of its elements
     * @param segment its bytes
     * @param dims the dimensions, outermost first
     */
    public static Tensor of(DType dtype, MemorySegment segment, long... dims) {
        return new Tensor(dtype, Shape.of(dims), new HostStorage(segment), 0);
    }

    /**
     * {@return copies {@code values} into new host memory of {@code arena}}
     *
     * @param arena owns its memory
     * @param values its elements, row by row
     * @param dims the dimensions, outermost first
     */
    public static Tensor of(Arena arena, float[] values, long... dims) {
        MemorySegment segment = arena.allocate(Math.max(values.length, 1) * 4L, 64);
        MemorySegment.copy(values, 0, segment, ValueLayout.JAVA_FLOAT, 0, values.length);
        return of(DType.F32, segment, dims);
    }

    /**
     * {@return copies {@code values} into new host memory of {@code arena}}
     *
     * @param arena owns its memory
     * @param values its elements, row by row
     * @param dims the dimensions, outermost first
     */
    public static Tensor of(Arena arena, int[] values, long... dims) {
        MemorySegment segment = arena.allocate(Math.max(values.length, 1) * 4L, 64);
        MemorySegment.copy(values, 0, segment, ValueLayout.JAVA_INT, 0, values.length);
        return of(DType.I32, segment, dims);
    }

    /**
     * {@return new, zeroed host memory of {@code arena}}
     *
     * @param arena owns its memory
     * @param dtype type of its elements
     * @param dims the dimensions, outermost first
     */
    public static Tensor zeros(Arena arena, DType dtype, long... dims) {
        return of(dtype, arena.allocate(Math.max(bytes(dtype, Shape.of(dims)), 1), 64), dims);
    }

    /**
     * {@return a tensor with a shape and no bytes}
     *
     * @param dtype type of its elements
     * @param dims the dimensions, outermost first
     */
    public static Tensor phantom(DType dtype, long... dims) {
        Shape shape = Shape.of(dims);
        return new Tensor(dtype, shape, new PhantomStorage(bytes(dtype, shape)), 0);
    }

    /**
     * {@return how many bytes the elements take}
     *
     * @param dtype type of its elements
     * @param shape its dimensions
     */
    public static long bytes(DType dtype, Shape shape) {
        return Math.multiplyExact(shape.elements(), (long) dtype.bytes());
    }

    /** {@return the number of elements} */
    public long elements() {
        return shape.elements();
    }

    /** {@return how many bytes the elements take} */
    public long bytes() {
        return bytes(dtype, shape);
    }

    /**
     * {@return the size of dimension {@code i}; negative indices count from the last dimension}
     *
     * @param i which dimension; -1 is the last
     */
    public int size(int i) {
        return shape.size(i);
    }

    /**
     * {@return the same elements under another shape}
     *
     * @param dims the dimensions, outermost first
     */
    public Tensor reshape(long... dims) {
        Shape to = Shape.of(dims);
        if (to.elements() != elements()) {
            throw new IllegalArgumentException("cannot reshape " + shape + " to " + to);
        }
        return new Tensor(dtype, to, storage, offset);
    }

    /**
     * {@return rows {@code from} (included) to {@code to} (excluded) of the first dimension}
     *
     * @param from the first row
     * @param to one past the last row
     */
    public Tensor rows(long from, long to) {
        long[] dims = shape.dims();
        if (from < 0 || to < from || to > dims[0]) {
            throw new IndexOutOfBoundsException("rows %d..%d of %s".formatted(from, to, shape));
        }
        long rowBytes = dims[0] == 0 ? 0 : bytes() / dims[0];
        dims[0] = to - from;
        return new Tensor(dtype, Shape.of(dims), storage, offset + from * rowBytes);
    }

    /**
     * {@return element {@code i} of the first dimension, without that dimension}
     *
     * @param i which row
     */
    public Tensor get(long i) {
        long[] dims = rows(i, i + 1).shape.dims();
        long[] rest = new long[dims.length - 1];
        System.arraycopy(dims, 1, rest, 0, rest.length);
        return rows(i, i + 1).reshape(rest);
    }

    /**
     * {@return the bytes of this tensor, for tensors in host memory}
     *
     * @throws IllegalStateException if they live on a device
     */
    public MemorySegment host() {
        if (storage instanceof HostStorage(MemorySegment segment)) {
            return segment.asSlice(offset, bytes());
        }
        throw new IllegalStateException("tensor " + shape + " is not in host memory");
    }

    /** {@return the elements as floats; host tensors of a floating point type other than f64} */
    public float[] toFloats() {
        MemorySegment s = host();
        float[] out = new float[Math.toIntExact(elements())];
        switch (dtype) {
            case F32 ->
                    MemorySegment.copy(s, ValueLayout.JAVA_FLOAT_UNALIGNED, 0, out, 0, out.length);
            case BF16 -> {
                short[] bits = s.toArray(ValueLayout.JAVA_SHORT_UNALIGNED);
                for (int i = 0; i < out.length; i++) {
                    out[i] = BFloat16.toFloat(bits[i]);
                }
            }
            case F16 -> {
                for (int i = 0; i < out.length; i++) {
                    out[i] = Float.float16ToFloat(s.get(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * i));
                }
            }
            case F8_E4M3 -> {
                for (int i = 0; i < out.length; i++) {
                    out[i] = Float8.e4m3(s.get(ValueLayout.JAVA_BYTE, i));
                }
            }
            case F8_E5M2 -> {
                for (int i = 0; i < out.length; i++) {
                    out[i] = Float8.e5m2(s.get(ValueLayout.JAVA_BYTE, i));
                }
            }
            default -> throw new IllegalStateException("no floats in a tensor of " + dtype);
        }
        return out;
    }

    @Override
    public String toString() {
        return dtype + " " + shape;
    }
}
