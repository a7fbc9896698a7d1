package org.svgen.tensor;

import java.util.Arrays;

/** The dimensions of a tensor, outermost first. Immutable. */
public final class Shape {
    private final long[] dims;
    private final long elements;

    private Shape(long[] dims) {
        this.dims = dims;
        long n = 1;
        for (long d : dims) {
            if (d < 0) {
                throw new IllegalArgumentException(
                        "negative dimension in " + Arrays.toString(dims));
            }
            n = Math.multiplyExact(n, d);
        }
        this.elements = n;
    }

    /**
     * A shape of these dimensions.
     *
     * @param dims the dimensions, outermost first
     * @return the shape
     * @throws IllegalArgumentException if a dimension is negative
     * @throws ArithmeticException if the number of elements does not fit a long
     */
    public static Shape of(long... dims) {
        return new Shape(dims.clone());
    }

    /** {@return the number of dimensions} */
    public int rank() {
        return dims.length;
    }

    /**
     * {@return the size of dimension {@code i}; negative indices count from the last dimension}
     *
     * @param i which dimension; -1 is the last
     */
    public long dim(int i) {
        return dims[i < 0 ? dims.length + i : i];
    }

    /**
     * {@return {@link #dim} as an int, for sizes that index arrays}
     *
     * @param i which dimension; -1 is the last
     */
    public int size(int i) {
        return Math.toIntExact(dim(i));
    }

    /** {@return the product of all dimensions; 1 for a scalar} */
    public long elements() {
        return elements;
    }

    /** {@return the dimensions, outermost first, in a new array} */
    public long[] dims() {
        return dims.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape shape && Arrays.equals(dims, shape.dims);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dims);
    }

    /** For example {@code [2, 3632, 192]}. */
    @Override
    public String toString() {
        return Arrays.toString(dims);
    }
}
