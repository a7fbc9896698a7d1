package org.svgen.tensor;

/**
 * The order that a head attends in: a transpose of {@code rows x columns} consecutive tokens that
 * begin at {@code start}; all other tokens stay where they are. With rows = frames and columns =
 * tokens of a frame this turns frame-major into token-major order. Few numbers, so that a device
 * can compute it.
 */
public record TokenOrder(int start, int rows, int columns) {
    /** Tokens as they come. */
    public static final TokenOrder IDENTITY = new TokenOrder(0, 1, 1);

    public boolean isIdentity() {
        return rows <= 1 || columns <= 1;
    }

    /**
     * The position, in the order as stored, of the token that stands at {@code i} in this order.
     */
    public int stored(int i) {
        int j = i - start;
        if (j < 0 || j >= rows * columns) {
            return i;
        }
        return start + (j % rows) * columns + j / rows;
    }

    /** The position in this order of the token stored at {@code i}; inverse of {@link #stored}. */
    public int position(int i) {
        int j = i - start;
        if (j < 0 || j >= rows * columns) {
            return i;
        }
        return start + (j % columns) * rows + j / columns;
    }
}
